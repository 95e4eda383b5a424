"""Somebody of hers is held for money: call before paying, who knows, and on about that."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.another import HURT, RANSOM, SOMEONE, Helped, statements
from bot.conversation.compose import Decision, decide
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import ALARMS, NEAR_OR_STRUCK, UNCLEAR, State, Turn
from bot.conversation.topics import MOST_TOLD, remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World

TOPIC = "ask_threats_extortion"
SEARCH = "ask_missing_relative"
_MONEY = ("ask_send_money", "ask_missing_relative", "ask_detention_deportation")
_UNSURE = 0.5  # a threat by telephone looks like many a matter
_HEARD = (ALARMS[0], TOPIC, *UNCLEAR, *_MONEY)


def is_told_of(turn: Turn, before: State) -> bool:
    """Whether the message tells that somebody of hers is held for money, and not she herself."""
    if turn.forced or turn.tapped or "locked" in turn.cues.tells or crisis.is_on(before):
        return False
    # Whom she searches is held in a house, whether money is asked yet or not.
    found = before.topic == SEARCH and "held_of_hers" in turn.cues.tells
    heard = turn.intent in _HEARD or turn.confidence < _UNSURE
    return (found or "ransom" in turn.cues.tells) and heard


def marked(turn: Turn, before: State, helped: Helped | None) -> Helped | None:
    """For whom she writes: also whoever is held, with the country where that happens."""
    if helped is not None and helped.matter == RANSOM:
        return replace(helped, at=_country(turn, before) or helped.at)
    if is_told_of(turn, before):
        return Helped(turn.another.who or SOMEONE, _country(turn, before), RANSOM, now=True)
    return helped


def _country(turn: Turn, before: State) -> str | None:
    own = turn.here or before.here
    return next((each for each in (turn.country, *reversed(turn.mentioned))
                 if each and each != own), None)  # fmt: skip


def ransom(turn: Turn, state: State, world: World) -> Decision | None:
    """What to do at once; and later, when she asks whether to pay."""
    if is_told_of(turn, state):
        return _first(turn, state, world)
    held = turn.helped is not None and turn.helped.matter == RANSOM
    hers = "herself" in turn.another.signs or turn.need is not None
    near = not turn.cues.tells.isdisjoint(NEAR_OR_STRUCK) or turn.cues.threat or turn.cues.unsafe
    alarm = turn.intent == ALARMS[0] and HURT in turn.another.signs and not near
    if not held or turn.tapped or ((turn.forced or alarm) and hers) or (turn.forced and not alarm):
        return None
    forbidden = "if_called" in turn.another.signs
    if forbidden and turn.intent in _HEARD:
        return _told_not_to_call(turn, state, world)
    # "If it isn't paid by noon they kill her": no card that tells the writer to run.
    asks = bool(turn.another.signs & {"pays", "can_help"}) or alarm
    if not asks or turn.intent not in (*_HEARD, "ask_human", "affirm", "deny", "greet",
                                       "ask_safe_shelter", "ask_travel_safety"):  # fmt: skip
        return None
    return _whether_to_pay(turn, state, world)


def _first(turn: Turn, state: State, world: World) -> Decision:
    there = _there(turn, state)
    number = _number(there, world)
    state = state.but(topic=TOPIC, sensitive=True, pending=None, misunderstood=0)
    lines = [say("ransom_family", state.language, number=number)]
    helper = world.helper(TOPIC, there, turn.today)
    if helper is not None:
        lines.append(say("next_step", state.language, service=one_line(helper, state.language)))
    listed = (helper.id,) if helper else ()
    state = state.but(country=there.country, listed=listed, service_type=None)
    return decide(lines, state, TOPIC, remaining_options(TOPIC, state, world), "crisis card",
                  listed)  # fmt: skip


def _told_not_to_call(turn: Turn, state: State, world: World) -> Decision:
    number = _number(_there(turn, state), world)
    line = say("ransom_told_not_to", state.language, number=number)
    state = state.but(topic=TOPIC, sensitive=True, pending=None, misunderstood=0)
    return decide([line], state, TOPIC, remaining_options(TOPIC, state, world), "crisis card")


def _whether_to_pay(turn: Turn, state: State, world: World) -> Decision:
    """The number of where it happens, call before paying; then what is known, with its source."""
    there, language = _there(turn, state), state.language
    where = world.served_country(there)
    country = world.in_words(where, language) if where else say("region", language)
    lines = [say("ransom_pay", language, number=_number(there, world), country=country)]
    fresh = [each for each in statements(RANSOM, "help") if each not in state.told]
    ids: list[str] = []
    if fresh:
        found, citation = world.first_of(fresh, there, turn.today)
        ids = [each.id for each in found]
        lines += [f"{each.text.get(language)}\n{source_line(citation, language)}" for each in found]
    helper = world.helper(TOPIC, there, turn.today)
    if helper is not None:
        lines.append(say("next_step", language, service=one_line(helper, language)))
    told = tuple(dict.fromkeys((*state.told, *ids)))[-MOST_TOLD:]
    state = state.but(country=there.country, topic=TOPIC, told=told, sensitive=True, pending=None,
                      misunderstood=0)  # fmt: skip
    records = (*ids, helper.id) if helper else tuple(ids)
    return decide(lines, state, TOPIC, remaining_options(TOPIC, state, world), "crisis card",
                  records)  # fmt: skip


def _there(turn: Turn, state: State) -> State:
    at = turn.helped.at if turn.helped else None
    return state.but(country=at, here=at, city=None) if at else state


def _number(there: State, world: World) -> str:
    return world.emergency_line("threats", there)
