"""Commands only where they are commands: a word about stopping, deleting or a language is none.

What the model took for an order without one of the words of an order in it (data/cues.yml) is read
as whatever else it may be.
"""

from __future__ import annotations

from bot.conversation import crisis, languages, no_credit, people, services, small_talk
from bot.conversation.compose import Decision, decide, menu_options
from bot.conversation.in_context import in_context
from bot.conversation.questions import ASKED
from bot.conversation.reporting import WHICH
from bot.conversation.state import ALARMS, ALONE, OTHER_LANGUAGES, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.wording import has, say
from bot.conversation.world import World

LIKELY = 0.2  # so likely must another meaning be
_PLAIN = 0.75  # below it a question about the chat is one, whatever the model made of it
SURE_REPORT = 0.6  # a report without the words of one, about something that was shown
_WISH = 8  # words; in a longer one there is a question in the language that she speaks anyway
_VAGUE = ("out_of_scope", "nlu_fallback", "ask_menu", "bot_challenge")
_NOT_THE_PLACE = (*_VAGUE, "change_language", "ask_human", "find_service", "ask_legal_aid")
_ABOUT_THE_CHAT = (*_VAGUE, "delete_my_data", "ask_privacy", "ask_digital_violence", "quick_exit",
                   "stop_messages", "report_immediate_danger", "express_suicidal_distress",
                   "ask_domestic_violence", "affirm", "deny", "ask_safe_shelter")  # fmt: skip


def no_command(turn: Turn, state: State, world: World) -> Decision | None:
    """What a message is that only looks like a command; None: it is one, or no such thing."""
    cues, intent = turn.cues, turn.intent
    first = not (crisis.is_on(state) or state.pending in ASKED)
    if "opener" in cues.tells and first:
        return small_talk.talk(turn.about("greet"), state, world)
    if "both_tongues" in cues.tells and first:
        return _said(turn.about("change_language"), state, "both_tongues")
    if "our_cost" in cues.tells and first:
        return _said(turn.about("ask_menu"), state, "our_cost")
    hesitates = not cues.tells.isdisjoint({"hesitates", "whether_for_her"})
    if hesitates and first and intent not in ALARMS:
        return _said(turn.about("ask_menu"), state, "hesitates")
    if "hold" in cues.tells:
        return decide([say("hold", state.language)], state, "ask_menu")
    erases = intent == "delete_my_data" and cues.erases and turn.confidence >= _PLAIN
    if "watched" in cues.tells and not (cues.asks or erases or crisis.is_on(state)):
        return hiding(turn, state, watched=True)
    if cues.proof and (intent in _ABOUT_THE_CHAT or world.is_sensitive(intent)):
        return _keep_proof(state)
    if cues.hide and (intent in _ABOUT_THE_CHAT or turn.confidence < _PLAIN):
        return hiding(turn, state)
    if cues.misdial and not (state.listed or state.told or crisis.is_on(state)):
        return _misdialled(state)
    if cues.shown_in and (said := languages.told_in(turn, state, world)):
        return said
    of_the_list = cues.listed and state.listed
    if cues.speaker and intent in _NOT_THE_PLACE and not (of_the_list or crisis.is_on(state)):
        return languages.speaker(turn, state, world, cues.spoken or state.language)
    if "writes_little" in cues.tells and not (crisis.is_on(state) or state.pending in ASKED):
        return decide([say("few_words", state.language)], state.but(misunderstood=0), "ask_menu",
                      menu_options(state.language))  # fmt: skip
    if "no_credit" in cues.tells and (said := no_credit.without_calling(turn, state, world)):
        return said
    if turn.is_child and (cues.offline or cues.who_helps):
        return None
    if cues.offline and intent in (*_VAGUE, "stop_messages"):
        return people.person(turn, state, world)
    if cues.wants_language and intent in (*_VAGUE, "delete_my_data") and not cues.erases:
        return small_talk.change_language(turn.about("change_language"), state, world)
    if intent in ("bot_challenge", "ask_privacy") and cues.who_helps:
        return who(turn, state, world)
    return otherwise(turn, state, world) if _is_none(turn, state) else None


def _said(turn: Turn, state: State, key: str) -> Decision:
    """A plain line, before she asks anything, and what she may ask for."""
    state = state.but(misunderstood=0)
    return decide([say(key, state.language)], state, turn.intent, menu_options(state.language))


def _is_none(turn: Turn, state: State) -> bool:
    """Whether the model took for a command what has no word of that command in it."""
    cues = turn.cues
    if turn.intent == "change_language":
        same = cues.wants_language == state.language and cues.asks and turn.words > _WISH
        return (cues.wants_language is None or same) and turn.language not in OTHER_LANGUAGES
    if turn.intent == "report_outdated_information":
        # "Does anybody at that number speak Q'eqchi'?" asks, and reports nothing.
        shown = bool(state.listed) and turn.confidence >= SURE_REPORT
        shown = shown and "number_speaks" not in cues.tells
        wrong = cues.wrong or "no_answer" in cues.tells
        return not (wrong or shown or state.pending == WHICH)
    return (turn.intent == "stop_messages" and not cues.stops) or (
        turn.intent == "delete_my_data" and not cues.erases)  # fmt: skip


def otherwise(turn: Turn, state: State, world: World, *, ask: bool = True) -> Decision | None:
    """What else it may be, by what is likeliest after the command; else she is asked.

    Without `ask` only a topic that she may have asked about counts.
    """
    if not ask and not turn.cues.asks:
        return None
    spoken = bool(state.topic and world.is_sensitive(state.topic))
    for name, share in turn.ranking:
        if share < LIKELY or (world.is_sensitive(name) and not spoken):
            continue
        if world.is_topic(name):
            return answer_topic(turn.about(name), state, world)
        if ask and name == "ask_human":
            return people.person(turn, state, world)
        if ask and name == "find_service":
            return services.find_service(turn.about(name), state, world)
    return small_talk.repair(turn.about("nlu_fallback"), state, world) if ask else None


def who(turn: Turn, state: State, world: World) -> Decision:
    """Whom to call, who pays, which organisation: about what was spoken of, never about us."""
    if crisis.is_on(state):
        return decide([crisis.stay_line(state, world)], state, "ask_human", (), "crisis card")
    if turn.cues.pays:
        known = in_context(turn, state, world) or otherwise(turn, state, world, ask=False)
        if known is not None:
            return known
    return people.person(turn, state, world)


def hiding(turn: Turn, state: State, *, watched: bool = False) -> Decision:
    """How to leave fast, how to clear the chat on her phone, and what cannot be undone.

    A locked screen shows none of it: each message begins with a neutral line.
    """
    language = state.language
    lines = [say("quiet", language), say("hide", language)]
    if watched:  # first whether he looks on now
        lines.insert(1, say("safe_first", language))
        state = state.but(pending=ALONE)
    if has(f"tidy_{turn.style}"):
        lines.append(say(f"tidy_{turn.style}", language))
    lines += [say("quiet_more", language), say("hide_limits", language)]
    return decide(lines, state.but(misunderstood=0, sensitive=True), "ask_privacy")


def _keep_proof(state: State) -> Decision:
    lines = [say("quiet", state.language), say("keep_proof", state.language)]
    return decide(lines, state.but(misunderstood=0, sensitive=True), "ask_privacy")


def _misdialled(state: State) -> Decision:
    return decide([say("misdialled", state.language)], state.but(misunderstood=0), "goodbye")
