"""Refuge, asked for in her own country: it is asked for abroad, and what there is at home is told.

The statements on asylum of a country are for those who come to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from bot.conversation.compose import Decision, decide
from bot.conversation.shown import one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.citing import Citation
from bot.knowledge.files import read_yaml
from bot.paths import DATA
from connectors.contract import Option

ASYLUM, AT_HOME = "ask_asylum", "ask_threats_extortion"
Cited = Callable[[Citation, str], str]


@cache
def at_home() -> tuple[str, ...]:
    """The statements for those who fled inside their country, one of a country."""
    return tuple(read_yaml(DATA / "own_country.yml")["at_home"])


@cache
def whom() -> Mapping[str, str]:
    """The service to ask in her own country, by its code."""
    return dict(read_yaml(DATA / "own_country.yml")["whom"])


def is_asked(intent: str, turn: Turn, state: State) -> bool:
    """Whether it is asylum in the country that she comes from, for herself."""
    own = state.origin is not None and state.origin == state.country
    elsewhere = turn.destination not in (None, state.country)
    return intent == ASYLUM and own and not (turn.for_other or elsewhere)


def asylum(turn: Turn, state: State, world: World, cited: Cited) -> Decision:
    """Where it is asked for; for those who had to flee inside the country, what is known.

    `cited` writes the source.
    """
    language = state.language
    country = world.in_words(str(state.country), language)
    lines = [say("asylum_abroad", language, country=country)]
    own = f"{str(state.country).lower()}."
    ids = [each for each in at_home() if each.startswith(own)]
    told, citation = world.first_of(ids, state, turn.today)
    records = [each.id for each in told]
    if told:
        lines.append(say("asylum_at_home", language))
        lines += [each.text.get(language) for each in told]
        lines.append(cited(citation, language))
    chosen = whom().get(str(state.country), "")
    helper = world.service(chosen, turn.today) or world.helper(AT_HOME, state, turn.today)
    if helper is not None:
        lines.append(say("next_step", language, service=one_line(helper, language)))
        records.append(helper.id)
    lines.append(say("asylum_where", language))
    after = state.but(topic=ASYLUM, misunderstood=0, pending=None, service_type=None,
                      listed=(helper.id,) if helper else ())  # fmt: skip
    options = (Option(world.topic_name(AT_HOME, language), f"/{AT_HOME}"),
               Option(say("option_other_topic", language), "/ask_menu"))  # fmt: skip
    return decide(lines, after, ASYLUM, options, "answered", records)
