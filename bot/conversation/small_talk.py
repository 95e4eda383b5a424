"""Greetings, menu, language, yes and no, more, and what to do when we did not understand."""

from __future__ import annotations

from bot.conversation import crisis, languages
from bot.conversation.compose import (
    MENU_GROUPS,
    Decision,
    country_options,
    decide,
    menu_options,
)
from bot.conversation.in_context import in_context
from bot.conversation.people import person
from bot.conversation.services import WHICH_KIND, find_service, list_services
from bot.conversation.state import OTHER_LANGUAGES, State, Turn
from bot.conversation.topics import answer_topic, remaining_options, tell
from bot.conversation.wording import has, say
from bot.conversation.world import World
from connectors.contract import Option

UNSURE = 0.6  # below it, what was said before may show that it is in scope after all
ASKS_WORDS = 4
DID_YOU_MEAN = "did_you_mean"  # pending: is it one of these topics?
CHOICES = (DID_YOU_MEAN, WHICH_KIND)  # pending: only one of the offered choices answers it
MOST_OF_A_WISH = 8  # words of a wish for another language, and no more
BESIDE = 0.05  # so likely a topic must be, beside that wish
DOUBT = 0.12  # so likely must danger be for us to ask whether it is that


def talk(turn: Turn, state: State, world: World) -> Decision:
    """Greeting, thanks, goodbye, who are you, out of scope."""
    if turn.intent in ("thank", "goodbye") and crisis.is_on(state):
        return crisis.calmed(turn, state, world)
    if turn.intent in ("greet", "out_of_scope") and not _asks_on(turn, state):
        staying = crisis.stay(turn, state, world)
        if staying:
            return staying
    if turn.intent == "bot_challenge" and crisis.is_on(state):
        lines = [say("bot_challenge", state.language), crisis.stay_line(state, world)]
        return decide(lines, state, turn.intent, (), "crisis card")
    if turn.intent == "out_of_scope":
        return _out_of_scope(turn, state, world)
    options = menu_options(state.language) if turn.intent == "greet" else ()
    if turn.intent == "thank" and state.topic and world.is_topic(state.topic):
        options = (Option(say("option_more", state.language), "/ask_repeat_or_more"),
                   Option(say("option_other_topic", state.language), "/ask_menu"))  # fmt: skip
    return decide([say(turn.intent, state.language)], state.but(pending=None, misunderstood=0),
                  turn.intent, options)  # fmt: skip


def _asks_on(turn: Turn, state: State) -> bool:
    """Whether a question in a crisis is more than a cry: it is answered, never swallowed."""
    return turn.cues.asks and turn.words >= ASKS_WORDS


def _out_of_scope(turn: Turn, state: State, world: World) -> Decision:
    """What we do not know about; the second time in a row it may be we who do not understand."""
    if turn.confidence < UNSURE and (clear := in_context(turn, state, world)):
        return clear
    state = state.but(misunderstood=state.misunderstood + 1)
    if state.misunderstood >= 3:
        return person(turn, state, world)
    told = not turn.cues.evidence.isdisjoint({"harm", "despair", "sexual"})
    if told and state.topic and world.is_sensitive(state.topic):
        # What she tells after violence is never "I don't know about that".
        options = remaining_options(state.topic, state, world)
        return decide([say("with_you", state.language)], state, turn.intent, options, "no answer")
    key = "out_of_scope" if state.misunderstood == 1 else "not_understood"
    return decide([say(key, state.language)], state, turn.intent, menu_options(state.language),
                  "no answer")  # fmt: skip


def rude(turn: Turn, state: State, world: World) -> Decision:
    """Insults get a calm line, and the way to a person stays open."""
    lines = [say("rude", state.language)]
    options = (Option(say("option_person", state.language), "/ask_human"),
               Option(say("option_other_topic", state.language), "/ask_menu"))  # fmt: skip
    return crisis.stay(turn, state, world) or decide(lines, state, "out_of_scope", options)


def menu(turn: Turn, state: State, world: World) -> Decision:
    """The headings, or the topics under one of them."""
    language = state.language
    state = state.but(pending=None, misunderstood=0)
    if turn.group == "countries":
        return decide([say("ask_country", language)], state.but(pending="country"), "ask_menu",
                      country_options(world.names(language), language, rest=True))  # fmt: skip
    if turn.group == "services":
        return find_service(turn, state.but(topic=None, service_type=None), world)
    if turn.group in MENU_GROUPS:
        options = [
            Option(world.topic_name(intent, language), f"/{intent}")
            for intent in world.topics_of(turn.group)[:10]
        ]
        return decide([say("menu_group", language)], state, "ask_menu", options)
    staying = crisis.stay(turn, state, world) if not turn.tapped else None
    return staying or decide([say("menu", language)], state, "ask_menu", menu_options(language))


def change_language(turn: Turn, state: State, world: World) -> Decision:
    """The language that she names, or writes in; then on with the topic, if there is one."""
    other = "en" if state.language == "es" else "es"
    language = turn.cues.wants_language or turn.language or other
    if language in OTHER_LANGUAGES:
        return other_language(turn.about("change_language"), state, world)
    asked = _asked_as_well(turn, state, world)
    state = state.but(language=language)
    lines = [say("language_changed", language)]
    if asked is not None:
        told = answer_topic(turn.about(asked), state, world)
        texts = [reply.text for reply in told.replies]
        return decide([*texts[:1], *lines, *texts[1:]] if world.is_sensitive(asked)
                      else [*lines, *texts], told.state, asked, told.replies[-1].options,
                      told.outcome, told.records)  # fmt: skip
    if crisis.is_on(state):
        return decide([crisis.stay_line(state, world), *lines], state, turn.intent, (),
                      "crisis card")  # fmt: skip
    if state.topic and world.is_topic(state.topic):
        told = tell(state.topic, turn, state.but(told=()), world)
        texts = [reply.text for reply in told.replies]
        options = told.replies[-1].options
        return decide([*lines, *texts], told.state, "change_language", options)
    return decide(lines, state, "change_language", menu_options(language))


def _asked_as_well(turn: Turn, state: State, world: World) -> str | None:
    """The topic of a question that stands beside the wish for another language."""
    if turn.tapped or not turn.cues.asks or turn.words <= MOST_OF_A_WISH:
        return None
    likely = next((name for name, share in turn.ranking
                   if share >= BESIDE and world.is_topic(name)), None)  # fmt: skip
    return likely or world.plainly(turn, state)


def other_language(turn: Turn, state: State, world: World) -> Decision:
    """One line in a language that we do not speak: the number, and who speaks it."""
    code = str(turn.language)
    key = f"other_{code}" if has(f"other_{code}") else "other_any"
    number = world.emergency_line("danger", state)
    who, ids = languages.who_speaks(turn, state, world, code)
    lines = [say(key, state.language, number=number), who]
    return decide(lines, state, "out_of_scope", (), "no answer", ids)


def affirm(turn: Turn, state: State, world: World) -> Decision:
    """Yes: to what we asked; else: go on."""
    answered = (
        crisis.answered_yes(turn, state, world)
        or crisis.stay(turn, state, world)
        or _yes_to_a_choice(turn, state, world)
    )
    return answered or more(turn, state, world)


def _yes_to_a_choice(turn: Turn, state: State, world: World) -> Decision | None:
    """Yes to "is it one of these?": the one that there was; of several she has to choose."""
    if state.pending not in CHOICES or not state.offered:
        return None
    topics = [payload[1:] for _, payload in state.offered if world.is_topic(payload[1:])]
    if len(topics) == 1:
        return answer_topic(turn.about(topics[0]), state.but(pending=None, misunderstood=0), world)
    options = [Option(title, payload) for title, payload in state.offered]
    return decide([say("again_choose", state.language)], state, "nlu_fallback", options,
                  "asked back")  # fmt: skip


def deny(turn: Turn, state: State, world: World) -> Decision:
    """No: to what we asked; else: what then?"""
    answered = crisis.answered_no(turn, state, world) or crisis.stay(turn, state, world)
    return answered or decide([say("deny", state.language)], state.but(pending=None), "deny",
                              menu_options(state.language))  # fmt: skip


def more(turn: Turn, state: State, world: World) -> Decision:
    """More of the same: statements, or services."""
    state = state.but(misunderstood=0)
    if state.listed and state.service_type:
        return list_services(turn, state, world)
    staying = crisis.stay(turn, state, world) if not turn.tapped else None
    if staying:
        return staying
    if state.topic and world.is_topic(state.topic):
        return tell(state.topic, turn, state, world)
    nothing = say("repeat_nothing", state.language)
    return crisis.stay(turn, state, world) or decide([nothing], state, turn.intent,
                                                     menu_options(state.language))  # fmt: skip


def repair(turn: Turn, state: State, world: World) -> Decision:
    """Not understood: ask with choices, then offer the menu and a person; never a third time."""
    language = state.language
    doubt = dict(turn.ranking).get("report_immediate_danger", 0.0)
    ordinary = bool(state.listed) or (
        bool(state.topic) and not world.is_sensitive(state.topic or "")
    )
    grave = (
        turn.cues.unsafe or turn.cues.threat or turn.cues.returned or "harm" in turn.cues.evidence
    )
    grave = grave or not turn.cues.tells.isdisjoint({"near", "locked", "silent"})
    spoken_of = ordinary and not grave
    asked = crisis.is_on(state) or state.pending == "danger_check" or spoken_of
    if doubt >= DOUBT and not asked:
        return crisis.doubtful(state, world)
    if crisis.is_on(state) and (turn.cues.relief or turn.cues.sorry or turn.cues.bye):
        return crisis.calmed(turn, state, world)
    clear = in_context(turn, state, world)
    if clear is None and not _asks_on(turn, state):
        clear = crisis.stay(turn, state, world)
    if clear:
        return clear
    # What nobody should see is offered only where she has spoken of it.
    spoken = bool(state.topic and world.is_sensitive(state.topic)) or crisis.is_on(state)
    topic = world.plainly(turn, state)
    if topic and world.is_topic(topic) and (spoken or not world.is_sensitive(topic)):
        return answer_topic(turn.about(topic), state, world)
    known = [name for name, _ in turn.ranking
             if world.is_topic(name) and (spoken or not world.is_sensitive(name))][:3]  # fmt: skip
    state = state.but(misunderstood=state.misunderstood + 1)
    if state.misunderstood >= 3:  # we ask twice and no more
        return person(turn, state, world)
    if state.topic and world.is_topic(state.topic):  # perhaps it is still about that
        known = [state.topic, *(name for name in known if name != state.topic)][:3]
    if state.misunderstood == 1 and known:
        options = [Option(world.topic_name(name, language), f"/{name}") for name in known]
        options.append(Option(say("option_none_of_these", language), "/ask_menu"))
        return decide([say("did_you_mean", language)], state.but(pending=DID_YOU_MEAN),
                      "nlu_fallback", options, "asked back")  # fmt: skip
    return decide([say("not_understood", language)], state.but(pending=None), "nlu_fallback",
                  menu_options(language), "asked back")  # fmt: skip
