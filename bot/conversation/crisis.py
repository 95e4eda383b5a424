"""When someone is in danger, or wants to die: the number first, then stay."""

from __future__ import annotations

from bot.conversation.compose import Decision, decide, menu_options, yes_no
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.safety.card import card

STAY_TURNS = 6  # for so many turns after an emergency no menu and no small talk come first


def emergency(turn: Turn, state: State, world: World) -> Decision:
    """The card of the country where she is, then whether she can write safely."""
    state = state.but(crisis="danger", crisis_turns=0, pending="safe_to_talk", sensitive=True,
                      topic="report_immediate_danger", misunderstood=0)  # fmt: skip
    kind = "child" if turn.is_child else "danger"
    text = card(kind, _where(turn, state, world), state.language)
    ask = say("safe_to_talk", state.language)
    return decide([text, ask], state, "report_immediate_danger", yes_no(state.language),
                  "crisis card")  # fmt: skip


def _where(turn: Turn, state: State, world: World) -> str | None:
    """The country that the message itself names, else where she is."""
    named = turn.country if turn.country != turn.destination else None
    return named if named in world.served else world.served_country(state)


def distress(turn: Turn, state: State, world: World) -> Decision:
    """Warm, direct, the line of her country; then whether somebody is with her."""
    language = state.language
    state = state.but(crisis="distress", crisis_turns=0, pending="accompanied", sensitive=True,
                      topic="express_suicidal_distress", misunderstood=0)  # fmt: skip
    text = card("suicide", _where(turn, state, world), language)
    lines = [text, say("distress", language), say("distress_ask", language)]
    return decide(lines, state, "express_suicidal_distress", yes_no(language), "crisis card")


def doubtful(state: State, world: World) -> Decision:
    """Perhaps an emergency: ask once, with the number for someone who cannot write any more."""
    language = state.language
    number = world.emergency_line("danger", state)
    lines = [say("danger_check_number", language, number=number), say("danger_check", language)]
    return decide(lines, state.but(pending="danger_check", sensitive=True), "nlu_fallback",
                  yes_no(language), "asked back")  # fmt: skip


def answered_yes(turn: Turn, state: State, world: World) -> Decision | None:
    """Her yes to one of our crisis questions; None where we had asked none."""
    language = state.language
    if state.pending == "danger_check":
        return emergency(turn, state, world)
    if state.pending == "safe_to_talk":
        return _safe_now(turn, state, world)
    if state.pending == "accompanied":
        number = world.emergency_line("suicide", state)
        return decide([say("distress_accompanied", language, number=number)],
                      state.but(pending=None), "affirm", (), "crisis card")  # fmt: skip
    return None


def _safe_now(turn: Turn, state: State, world: World) -> Decision:
    """She can write: the number again, then who takes her in or stands by her."""
    language = state.language
    number = world.emergency_line("violence", state)
    service = world.helper("ask_safe_shelter", world.at_home(state), turn.today)
    lines = [say("crisis_yes", language, number=number)]
    if service is not None:
        lines.append(say("crisis_service", language, service=one_line(service, language)))
    lines.append(say("crisis_tell", language))
    listed = (service.id,) if service else ()
    return decide(lines, state.but(pending=None, listed=listed, service_type=None), "affirm", (),
                  "crisis card", listed)  # fmt: skip


def answered_no(turn: Turn, state: State, world: World) -> Decision | None:
    """Her no to one of our crisis questions; None where we had asked none."""
    language = state.language
    if state.pending == "safe_to_talk":
        number = world.emergency_line("danger", state)
        return decide([say("crisis_no", language, number=number)], state.but(pending=None),
                      "deny", (), "crisis card")  # fmt: skip
    if state.pending == "accompanied":
        number = world.emergency_line("suicide", state)
        return decide([say("distress_alone", language, number=number)], state.but(pending=None),
                      "deny", (), "crisis card")  # fmt: skip
    if state.pending == "danger_check":
        return decide([say("danger_over", language)], state.but(pending=None, crisis=None), "deny",
                      menu_options(language))  # fmt: skip
    return None


def taken_over(topic: str, state: State) -> State:
    """The state after a crisis that the gateway had to answer alone."""
    kind, pending = ("distress", "accompanied") if topic == "express_suicidal_distress" else (
        "danger", "safe_to_talk")  # fmt: skip
    return state.but(crisis=kind, crisis_turns=0, pending=pending, sensitive=True, topic=topic)


def is_on(state: State) -> bool:
    """Whether she told of danger, or of wanting to die, a few turns ago."""
    return state.crisis is not None and state.crisis_turns <= STAY_TURNS


def stay(turn: Turn, state: State, world: World) -> Decision | None:
    """After an emergency, small talk and confusion get presence instead of a menu."""
    if not is_on(state):
        return None
    return decide([stay_line(state, world)], state, turn.intent, (), "crisis card")


def stay_line(state: State, world: World) -> str:
    """One line that says that we are still here, with the number."""
    kind, key = ("suicide", "distress_stay") if state.crisis == "distress" else (
        "danger", "crisis_stay")  # fmt: skip
    if state.crisis_turns > 1 and state.crisis_turns % 2 == 0:
        key += "_2"  # a friend does not say the same thing twice in a row
    return say(key, state.language, number=world.emergency_line(kind, state))
