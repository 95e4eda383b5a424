"""One turn from beginning to end: remember, see what comes before the intent, decide, frame."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import (
    after_danger,
    children,
    crisis,
    doubts,
    for_another,
    held_matter,
    helped,
    her_no,
    hurt_child,
    in_danger,
    marks,
    one_word,
    questions,
    refuge,
    short_turns,
    small_talk,
    the_dead,
    two_countries,
    vanishing,
    whereabouts,
)
from bot.conversation.absent import absent
from bot.conversation.alarms import heard
from bot.conversation.asides import aside
from bot.conversation.commands import no_command
from bot.conversation.compose import MAX_WORDS, Decision, replies
from bot.conversation.follow import follow_up
from bot.conversation.fraud import fraud
from bot.conversation.manner import manner_of
from bot.conversation.not_an_order import Decide
from bot.conversation.privacy import back, guard
from bot.conversation.ransom import marked, ransom
from bot.conversation.reread import reread
from bot.conversation.state import ALARMS, OTHER_LANGUAGES, UNCLEAR, State, Turn, absorb
from bot.conversation.topics import answer_topic
from bot.conversation.urgent_care import with_what_is_known
from bot.conversation.where_asked import asked_less
from bot.conversation.which_number import which_number
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Reply

DAY_S = 86_400.0
LONGEST_ADDRESS = 10  # words of a message that is an address and little else
LONG_AGO_S = 21_600.0  # a crisis that she writes of no more after so long is over
# Nothing may stand before, between or after these.
_FORGETS = ("quick_exit", "delete_my_data", "stop_messages")
_BARE = (*ALARMS, *_FORGETS)
_VAGUE = (*UNCLEAR, "bot_challenge")
_RUDE = (*_VAGUE, "deny", "report_outdated_information")


def play(decide: Decide, turn: Turn, before: State, world: World) -> Decision:
    """What the turn leads to; `decide` belongs to the intent."""
    if turn.forgotten:
        before = State(language=before.language)
    before, kept = marks.taken_off(before)
    home = before.here or turn.prefix_country
    whom = marked(turn, before, helped.settled(turn, kept.helped, home))
    turn = replace(turn, helped=whom)
    turn, before, kept = whereabouts.settled(turn, before, kept, world.served)
    turn = helped.there(
        replace(turn, helped=whom, refuge=kept.refuge, mourns=kept.mourns, noes=kept.noes),
        home,
        world,
    )
    pregnant = kept.pregnant or "pregnant" in turn.cues.tells
    turn = replace(turn, noes=her_no.noted(turn), pregnant=pregnant)
    turn = replace(turn, of_child=hurt_child.is_told_of(turn, before, world), last=kept.last,
                   calm=kept.calm)  # fmt: skip
    decision = _played(decide, turn, before, world)
    if decision.acted_on in _FORGETS:
        return decision
    decision = replace(decision, state=hurt_child.stays(turn, before, decision.state))
    if whom is not None and whom.matter is not None:
        # Whose danger it is lies in the memory, whatever was answered: it goes as soon as hers.
        decision = replace(decision, state=decision.state.but(sensitive=True))
    kept = whereabouts.noted(turn, before, decision.state, replace(kept, helped=whom))
    kept = replace(kept, last=doubts.noted(turn, decision, world),
                   calm=after_danger.counted(turn, decision, world),
                   refuge=refuge.noted(turn, decision.acted_on),
                   mourns=the_dead.noted(turn), noes=turn.noes, pregnant=turn.pregnant)  # fmt: skip
    decision, kept = asked_less(turn, decision, kept, world)
    if not kept.vanishes and vanishing.goes(turn, decision, world):
        decision, kept = vanishing.with_note(decision), replace(kept, vanishes=True)
    decision = two_countries.with_the_other_number(turn, decision, kept, world)
    return replace(decision, state=marks.put_on(decision.state, kept))


def _played(decide: Decide, turn: Turn, before: State, world: World) -> Decision:
    if turn.told_of_crisis and before.crisis is None and not turn.forgotten:
        before = crisis.taken_over(turn.told_of_crisis, before)
    if before.crisis and turn.idle_s is not None and turn.idle_s > LONG_AGO_S:
        before = crisis.over(before)
    turn = short_turns.in_her_tongue(after_danger.heard(turn, before))
    if before.topic and "address" in turn.cues.tells and turn.words <= LONGEST_ADDRESS:
        turn = replace(turn, language=before.language)  # "4410 Wren Hollow Dr" is no English
    over = after_danger.is_over(turn, before)
    if over and not after_danger.only_says_so(turn, world):
        before = crisis.over(before)
    of_her_own = her_no.heard(turn, before)
    decide = answer_topic if of_her_own.intent != turn.intent else decide
    decide, turn = reread(decide, of_her_own, before, world)
    state = absorb(turn, before, world.served)
    state = state.but(crisis_turns=state.crisis_turns + 1) if state.crisis else state
    decision = back(turn, state, world)
    if decision is None:
        decision = guard(turn, state, believed=crisis.is_believed(turn, state, world),
                         number=world.emergency_line("danger", state))  # fmt: skip
    if decision is not None:
        return decision  # nothing stands beside a neutral line
    if over and crisis.is_on(before):
        return after_danger.told_over(turn, state, world)
    decision = _before_the_intent(turn, before, state, world) or decide(turn, state, world)
    if decision.acted_on in _BARE or decision.outcome == "crisis card":
        return with_what_is_known(turn, decision, world)
    return _and_perhaps(turn, _framed(turn, before, _after_a_crisis(decision, world), world), world)


def _and_perhaps(turn: Turn, decision: Decision, world: World) -> Decision:
    """With one line at the end for her who may be in danger, or want to die, and did not say so."""
    state, last = decision.state, decision.replies[-1]
    if turn.perhaps is None or not last.text or (state.pending or "").endswith("_check"):
        return decision
    number = world.emergency_line("suicide" if turn.perhaps == "distress" else "danger", state)
    line = say(f"perhaps_{turn.perhaps}", state.language, number=number)
    text = f"{last.text}\n\n{line}"
    made: tuple[Reply, ...] = (replace(last, text=text),)
    if len(text.split()) > MAX_WORDS:  # a message of its own, which the choices go with
        made = (replace(last, options=(), kind="text"), replace(last, text=line))
    return replace(decision, replies=(*decision.replies[:-1], *made))


def _after_a_crisis(decision: Decision, world: World) -> Decision:
    """An ordinary question was answered: the crisis goes along one turn more, and is over."""
    state = decision.state
    if not crisis.is_on(state) or not world.is_topic(decision.acted_on):
        return decision
    state = state.but(crisis_turns=max(state.crisis_turns, crisis.STAY_TURNS - 1))
    return replace(decision, state=state)


def _before_the_intent(turn: Turn, before: State, state: State, world: World) -> Decision | None:
    """What the conversation's state or the words themselves decide."""
    erases = turn.cues.erases and turn.intent == "delete_my_data" and not turn.cues.asks
    if erases and crisis.is_on(before) and "deletes" not in turn.cues.tells:
        return None  # in plain words, whatever was asked before and is told beside it
    if (said := short_turns.kind_line(turn, state, world)) is not None:
        return said
    if (said := for_another.answer(turn, state, world, before.language)) is not None:
        return said
    if (said := absent(turn, before, state, world)) is not None:
        return said
    if turn.need == "police" and (said := which_number(turn, state, world)) is not None:
        return said
    if (kind := crisis.in_distress(turn, before, state, world)) is not None:
        return kind
    if _cannot_speak(turn, before, state, world):
        card = crisis.emergency(turn.about(ALARMS[0]), state, world)
        return in_danger.told(turn, card.state, world) or card
    heard_in_danger = in_danger.told(turn, state, world) if crisis.is_on(before) else None
    if heard_in_danger is not None:
        return heard_in_danger
    if (said := held_matter.told(turn, before, state, world)) is not None:
        return said
    if (of_the_dead := the_dead.decided(turn, state, world)) is not None:
        return of_the_dead
    if turn.forced or turn.tapped:
        return questions.answer(turn, before, state, world)
    if (said := short_turns.fact(turn, state, world)) is not None:
        return said
    if "back_only" in turn.cues.tells and _was_hurt(turn, state, world):
        return questions.go_on(turn, state, world)
    if (of_the_last := doubts.doubted(turn, state, world)) is not None:
        return of_the_last
    if turn.cues.rude and turn.intent in _RUDE and not turn.cues.threat:
        return small_talk.rude(turn, state, world)
    if turn.cues.help and turn.intent in (ALARMS[0], "nlu_fallback") and not crisis.is_on(state):
        return crisis.doubtful(state, world)
    decided = (
        ransom(turn, state, world)
        or which_number(turn, state, world)
        or fraud(turn, state, world)
        or no_command(turn, state, world)
        or one_word.alone(turn, state, world)
        or questions.answer(turn, before, state, world)
        or heard(turn, state, world)
    )
    if decided is not None or turn.intent in _BARE:
        return decided
    told = state.topic == "ask_sexual_violence" or turn.intent == "ask_protection_order"
    hurt = told or (crisis.is_on(state) and state.crisis in ("danger", "locked"))
    if (turn.cues.rape and (turn.intent in _VAGUE or told)) or (turn.cues.after_rape and hurt):
        topic = hurt_child.TOPIC if turn.of_child else "ask_sexual_violence"
        return answer_topic(turn.about(topic), state, world)
    if state.crisis in ("danger", "locked") and turn.cues.returned and crisis.is_on(state):
        return crisis.emergency(turn.about("report_immediate_danger"), state, world)
    if turn.language in OTHER_LANGUAGES and turn.intent != "change_language":
        return small_talk.other_language(turn, state, world)
    if turn.is_child and (said := children.for_a_child(turn, state, world)):
        return said
    if turn.cues.man and turn.intent in _VAGUE and not turn.names_place:
        return small_talk.menu(turn, state, world)
    return (aside(turn, state, world) or follow_up(turn, state, world)
            or short_turns.name(turn, state, world))  # fmt: skip


def _was_hurt(turn: Turn, state: State, world: World) -> bool:
    """She can write again, after she told of violence: on with what it was."""
    hurt = world.is_topic(state.topic or "") and world.is_sensitive(state.topic or "")
    return hurt and state.pending is None and not (crisis.is_on(state) or turn.is_grave)


def _cannot_speak(turn: Turn, before: State, state: State, world: World) -> bool:
    """ "I can't talk, they hear us", after she told of violence: that is danger now."""
    told = "silent" in turn.cues.tells and not (turn.tapped or turn.cues.asks)
    hurt = world.is_sensitive(state.topic or "") or world.is_sensitive(turn.intent)
    return told and hurt and not crisis.is_on(before)


def _framed(turn: Turn, before: State, decision: Decision, world: World) -> Decision:
    """With a line for a child, for a man, for somebody who was away for more than a day."""
    state = decision.state
    lines = []
    sensitive = world.is_sensitive(decision.acted_on)
    if turn.is_child:
        decision = _for_a_child(decision)
        sensitive, state = False, state.but(sensitive=True)
        lines.append(children.number(state, world))
        says_so = turn.cues.child or turn.cues.young
        lines += [say("child", state.language)] if says_so else []
    elif _goes_along(turn, before, state) and not sensitive:
        number = crisis.number(state, world)
        lines += [] if decision.replies[0].text.startswith(number) else [number + "."]
    elif turn.cues.man:
        lines.append(say("man", state.language))
    if turn.idle_s is not None and turn.idle_s > DAY_S:
        lines.append(_after_a_day(turn, before, state, world))
    raped = decision.acted_on == "ask_sexual_violence" and not turn.of_child
    if raped and decision.outcome == "answered":
        lines.append(_care(decision, turn, state.language))
    if not any(lines):
        return decision
    first, *others = decision.replies
    head, *rest = first.text.split("\n\n")
    said = [head, *lines, *rest] if sensitive else [*lines, first.text]  # first of all the number
    made = replies(said, state.language, first.options, quiet=state.sensitive)
    if first.kind not in ("text", "choices"):
        made = (*replies(lines, state.language), first)
    return Decision((*made, *others), state, decision.acted_on, decision.outcome, decision.records)


def _goes_along(turn: Turn, before: State, state: State) -> bool:
    """Whether the number of her danger still stands over what she is told."""
    on = crisis.is_on(before) and crisis.is_on(state)
    return on and not after_danger.has_faded(turn)


def _for_a_child(decision: Decision) -> Decision:
    """Without the women's line at its head: the children's stands there."""
    first, *others = decision.replies
    head, *rest = first.text.split("\n\n")
    if not head[:1].isdigit() or "\n" in head or not (rest or others):
        return decision
    if not rest:
        return replace(decision, replies=tuple(others))
    return replace(decision, replies=(replace(first, text="\n\n".join(rest)), *others))


def _care(decision: Decision, turn: Turn, language: str) -> str:
    """The 72 hours, and that care needs no report; shorter where the hours are told already."""
    told = any("72" in reply.text for reply in decision.replies)
    return manner_of(turn.style).say("care_no_report" if told else "care_72", language)


def _after_a_day(turn: Turn, before: State, state: State, world: World) -> str:
    """One line of context; a topic that nobody should read is not named."""
    if turn.forgotten:
        return say("welcome_forgotten", state.language)
    topic = before.topic
    if not topic or before.sensitive or not world.is_topic(topic) or world.is_sensitive(topic):
        return ""
    name = world.topic_name(topic, state.language).lower()
    return say("welcome_back", state.language, topic=name)
