"""Which number to dial in a country: its emergency numbers, whoever asks, and from wherever."""

from __future__ import annotations

from bot.conversation import consulates, crisis
from bot.conversation.another import HURT, from_abroad
from bot.conversation.compose import Decision, decide, menu_options, yes_no
from bot.conversation.sources import source_line
from bot.conversation.state import ALARMS, UNCLEAR, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.safety.card import number_lines

KINDS = ("danger", "violence", "suicide")
_HEARD = (*UNCLEAR, "ask_human", "find_service", "greet", "change_language")
CONSULATE = "ask_consulate"
_WORDS = 14


def which_number(turn: Turn, state: State, world: World) -> Decision | None:
    """The numbers of the country that she names, else of where she is; None: not asked for."""
    asked = "which_number" in turn.another.signs and turn.words <= _WORDS
    other = turn.service_type not in (None, "hotline") or turn.cues.wrong or state.listed
    police = turn.need == "police"
    if not asked or other or turn.tapped or (turn.forced and not police) or crisis.is_on(state):
        return None
    harm = turn.cues.threat or "harm" in turn.cues.evidence or HURT in turn.another.signs
    unsure = turn.intent in _HEARD or (turn.intent in ALARMS and not harm)
    unsure = unsure or (turn.intent == CONSULATE and not consulates.speaks_of_one(turn))
    if not (unsure or police) or (turn.another.signs & {"herself", "killed"}):
        return None
    where = turn.country or turn.destination or (turn.helped.at if turn.helped else None)
    where = where if where in world.served else world.served_country(state)
    there = state.but(country=where)
    home = state.here or turn.prefix_country
    if police and where == home:
        return None  # the card of where she is, and whether she is in danger
    if where is None or (turn.bodies and world.called(turn.bodies, there, turn.today)):
        return None
    language = state.language
    first, *others = number_lines(KINDS, where, language)
    country = world.in_words(where, language)
    lines = [first, say("numbers_in", language, country=country) + "\n" + "\n".join(others)]
    if not others:
        lines = [first, say("numbers_in", language, country=country).rstrip(":") + "."]
    records: list[str] = []
    if home not in (None, where):
        found, citation = world.first_of(from_abroad(), there, turn.today)
        lines += [f"{each.text.get(language)}\n{source_line(citation, language)}" for each in found]
        records = [each.id for each in found]
    state = state.but(country=where, pending=None, misunderstood=0)
    if police:
        lines.append(say("need_police", language))
        state = state.but(pending="danger_check", sensitive=True)
        return decide(lines, state, "report_immediate_danger", yes_no(language), "crisis card",
                      records)  # fmt: skip
    topic = state.topic or ""
    options = (remaining_options(topic, state, world) if world.is_topic(topic)
               else menu_options(language))  # fmt: skip
    return decide(lines, state, "ask_menu", options, records=records)
