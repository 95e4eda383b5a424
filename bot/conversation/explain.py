"""The same again, in other words or more slowly: about what she was told last, and less of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.doubts import needs_what
from bot.conversation.listed import last_listed
from bot.conversation.reporting import BATCH
from bot.conversation.services import more_options, safe_line
from bot.conversation.shown import described, one_line
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.citing import Citation
from bot.knowledge.models import Statement
from bot.knowledge.origins import Origins, origins
from connectors.contract import Option

# "8 a. m. a 4" is one sentence: a point ends one where a capital follows.
_PARTS = re.compile(r"(?<=;) +|(?<=[.?!]) +(?=[A-ZÁÉÍÓÚÑ¿¡])")


def by_parts(text: str) -> str:
    """One thing a line, in the statement's own words: shorter ones could say something else."""
    parts = [each.strip(" ;") for each in _PARTS.split(text)]
    if len(parts) == 1:
        return text
    return "\n".join(f"• {each[:1].upper()}{each[1:]}" for each in parts)


def _heading(last: Origins) -> str:
    """Of several sentences only one is told again; one alone is not shorter than it was."""
    return "again_slow" if len(last.rows) == 1 else "again"


def _first(last: Origins, turn: Turn, state: State, world: World
           ) -> tuple[Sequence[Statement], Citation]:  # fmt: skip
    """The first of what was told last; of an older conversation the first that is known."""
    if not last.rows:
        return world.told(state, turn.today, BATCH)
    alone = origins(world.engine, (last.rows[0].id,), turn.today)
    return alone.rows, alone.citation


def explain(turn: Turn, state: State, world: World) -> Decision | None:
    """The same again: shorter, with somebody who can explain it aloud."""
    language = state.language
    if crisis.is_on(state):
        return crisis.stay(turn, state, world)
    last = origins(world.engine, turn.last.told, turn.today)
    if turn.last.stuck and turn.last.told:
        return needs_what(turn, state, world, last)
    if state.topic and (last.rows or (state.told and not turn.last.told)):
        found, citation = _first(last, turn, state, world)
        service = world.helper(state.topic, state, turn.today)
        if found:
            texts = [by_parts(each.text.get(language)) for each in found]
            lines = [*world.safe_topic(state), say(_heading(last), language), *texts]
            lines.append(source_line(citation, language))
            if service is not None:
                lines.append(say("again_person", language, service=one_line(service, language)))
            choices = (Option(say("option_more", language), "/ask_repeat_or_more"),
                       Option(say("option_person", language), "/ask_human"))  # fmt: skip
            return decide(lines, state.but(misunderstood=0), "ask_repeat_or_more", choices,
                          records=[each.id for each in found])  # fmt: skip
    services = last_listed(turn, state, world) if state.listed else []
    if services:
        lines = [*safe_line(services[0], state, world), *(described(s, language) for s in services)]
        return decide(lines, state, "ask_repeat_or_more", more_options(language))
    if state.offered:
        options = tuple(Option(title, payload) for title, payload in state.offered)
        return decide([say("again_choose", language)], state, "ask_repeat_or_more", options)
    return None
