"""When someone is in danger, or wants to die: the number first, then stay."""

from __future__ import annotations

from bot.conversation.compose import Decision, decide, menu_options, yes_no
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World, one_line
from bot.safety.card import card

STAY_TURNS = 6  # for so many turns after an emergency no menu and no small talk come first


def emergency(turn: Turn, state: State, world: World) -> Decision:
    """The card of the country where she is, then whether she can write safely."""
    state = state.but(crisis="danger", crisis_turns=0, pending="safe_to_talk", sensitive=True,
                      topic="report_immediate_danger", misunderstood=0)  # fmt: skip
    kind = "child" if turn.is_child else "danger"
    text = card(kind, world.served_country(state), state.language)
    ask = say("safe_to_talk", state.language)
    return decide([text, ask], state, "report_immediate_danger", yes_no(state.language),
                  "crisis card")  # fmt: skip


def distress(turn: Turn, state: State, world: World) -> Decision:
    """Warm, direct, the line of her country; then whether somebody is with her."""
    language = state.language
    state = state.but(crisis="distress", crisis_turns=0, pending="accompanied", sensitive=True,
                      topic="express_suicidal_distress", misunderstood=0)  # fmt: skip
    text = card("suicide", world.served_country(state), language)
    lines = [text, say("distress", language), say("distress_ask", language)]
    return decide(lines, state, "express_suicidal_distress", yes_no(language), "crisis card")


def doubtful(state: State, world: World) -> Decision:
    """Perhaps an emergency: ask once, with the number for someone who cannot write any more."""
    language = state.language
    number = world.emergency_line("danger", state)
    lines = [say("danger_check", language), say("danger_check_number", language, number=number)]
    return decide(lines, state.but(pending="danger_check", sensitive=True), "nlu_fallback",
                  yes_no(language), "asked back")  # fmt: skip


def answered_yes(turn: Turn, state: State, world: World) -> Decision | None:
    """Her yes to one of our crisis questions; None where we had asked none."""
    language = state.language
    if state.pending == "danger_check":
        return emergency(turn, state, world)
    if state.pending == "safe_to_talk":
        service = world.helper("ask_safe_shelter", state, turn.today)
        line = one_line(service, language) if service else world.emergency_line(
            "violence", state)  # fmt: skip
        return decide([say("crisis_yes", language, service=line)], state.but(pending=None),
                      "affirm", (), "crisis card")  # fmt: skip
    if state.pending == "accompanied":
        number = world.emergency_line("suicide", state)
        return decide([say("distress_accompanied", language, number=number)],
                      state.but(pending=None), "affirm", (), "crisis card")  # fmt: skip
    return None


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


def stay(turn: Turn, state: State, world: World) -> Decision | None:
    """After an emergency, small talk and confusion get presence instead of a menu."""
    if state.crisis is None or state.crisis_turns > STAY_TURNS:
        return None
    kind, key = ("suicide", "distress_stay") if state.crisis == "distress" else (
        "danger", "crisis_stay")  # fmt: skip
    number = world.emergency_line(kind, state)
    return decide([say(key, state.language, number=number)], state, turn.intent, (), "crisis card")
