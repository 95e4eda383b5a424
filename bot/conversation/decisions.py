"""A decision today: sign or not, go to the hearing or not, give the passport or not.

What is told first is a statement with its source; which, and beside what, stands in
data/first_told.yml, her words in data/tells.yml. Nothing stands beside it: she must not search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.conversation import crisis
from bot.conversation.first_told import first_told
from bot.conversation.state import ALARMS, BLOWS, GRAVE, ORDERS, State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.answer import Answer, Told

# A permission that a father must sign is no decision of hers.
_NOT_HERE = ("ask_child_travel_permission", "ask_birth_registration")


@dataclass(frozen=True)
class Default:
    """One decision: what she says of it, what it is about, what she is told first."""

    says: tuple[str, ...]
    beside: tuple[str, ...]
    topics: tuple[str, ...]
    ids: tuple[str, ...]
    lead: str | None = None

    def is_said(self, turn: Turn, topic: str | None) -> bool:
        """Whether the message speaks of it; `topic`: what was spoken of before."""
        *first, last = self.says
        told = turn.cues.tells
        on = topic in self.beside or (turn.intent in self.beside and len(self.says) > 1)
        return all(each in told for each in first) and (last in told or (on and bool(first)))


@cache
def _defaults() -> Mapping[str, Default]:
    return {
        name: Default(tuple(each["says"]), tuple(each["beside"]), tuple(each["topics"]),
                      tuple(each["ids"]), each.get("lead"))
        for name, each in first_told()["decisions"].items()
    }  # fmt: skip


def of(turn: Turn, topic: str | None) -> Default | None:
    """The decision before which she stands; None where there is none in her words."""
    if turn.tapped or turn.forced or turn.intent in (*ALARMS, *ORDERS) or turn.is_child:
        return None
    if turn.intent in _NOT_HERE or topic in _NOT_HERE or (turn.helped and turn.helped.matter):
        return None
    return next((each for each in _defaults().values() if each.is_said(turn, topic)), None)


def about(turn: Turn, before: State) -> Turn | None:
    """The message, heard as one on the decision, where it was taken for another matter."""
    found = of(turn, before.topic)
    if found is None or turn.intent in found.topics or crisis.is_on(before):
        return None
    # To fear is no harm here: who fears an arrest in court is asking about the court.
    hurt = turn.cues.rape or not (GRAVE | BLOWS).isdisjoint(turn.cues.tells)
    if hurt or turn.need is not None:
        return None
    on = before.topic if before.topic in found.topics else found.topics[0]
    return turn.about(str(on))


def with_default(answer: Answer, turn: Turn, state: State, world: World) -> Answer:
    """The safe default in place of what else would answer, where she has not been told it."""
    found = of(turn, turn.before)
    if found is None:
        return answer
    rows, _ = world.first_of([e for e in found.ids if e not in state.told], state, turn.today)
    if not rows:
        return answer
    rows, citation = world.these([rows[0].id], state, turn.today)
    told = tuple(Told(r.id, r.intent, r.kind, r.text.get(state.language), r.as_of) for r in rows)
    regional = rows[0].country not in world.served
    return replace(answer, statements=told, citation=citation, missed=False, unknown=False,
                   again=False, closest=False, offers=(), is_regional=regional,
                   next_step=answer.next_step or answer.ask)  # fmt: skip


def lead(turn: Turn, language: str) -> str:
    """A line before it, where one is said."""
    found = of(turn, turn.before)
    return say(found.lead, language) if found is not None and found.lead else ""
