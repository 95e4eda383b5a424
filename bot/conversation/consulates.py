"""Her country's consulates where she is; where there is none that we know, its consular line."""

from __future__ import annotations

from bot.conversation.compose import Decision, decide
from bot.conversation.shown import described
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Option

MOST = 2
TOLD = "consulates"  # stands in `told`: her consulates were named


def of_her_country(turn: Turn, state: State, world: World) -> Decision | None:
    """None where we do not know her origin, or where she is: the topic's own answer asks."""
    if not state.origin or not state.country:
        return None
    language = state.language
    origin = world.in_words(state.origin, language)
    country = world.in_words(state.country, language)
    near, lines = world.consulates(state, turn.today)
    texts = []
    if near:
        texts.append(say("consulates_in", language, origin=origin, country=country))
        texts += [described(each, language) for each in near[:MOST]]
    elif state.country != state.origin:
        texts.append(say("consulate_none", language, origin=origin, country=country))
    reachable = [each for each in lines if each.phones or each.whatsapp or each.url][:1]
    if reachable:
        texts.append(say("consular_line", language, origin=origin))
        texts.append(described(reachable[0], language))
    else:
        texts.append(say("consulate_ask", language))
    ids = tuple(each.id for each in (*near[:MOST], *reachable))
    state = state.but(listed=ids, service_type=None, pending=None, misunderstood=0,
                      topic="ask_consulate")  # fmt: skip
    options = (
        Option(say("option_consulate_does", language), "/ask_repeat_or_more"),
        Option(say("option_other_topic", language), "/ask_menu"),
    )
    outcome = "service found" if ids else "none found"
    return decide(
        texts, state.but(told=(*state.told, TOLD)), "ask_consulate", options, outcome, ids
    )
