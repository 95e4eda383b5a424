"""Blows, in whatever words: what to do about them first, and nothing on sex beside them.

"Me a pegado otra bes" was answered with what the law says of rape in marriage. What she is told
first stands in data/first_told.yml, with its source in the statements.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.world import World
from bot.knowledge.answer import Answer, Told
from bot.knowledge.files import read_yaml
from bot.paths import DATA

VIOLENCE, TRAFFICKING = "ask_domestic_violence", "ask_trafficking_exploitation"
_AT_WORK = ("ask_labour_rights", "ask_domestic_work", "ask_report_rights_abuse")
_AS_WELL = (VIOLENCE, "ask_sexual_violence", "ask_protection_order", "ask_safe_shelter",
            TRAFFICKING, "ask_asylum", "ask_workplace_harassment", *ALARMS)  # fmt: skip
_MOST = 2  # statements beside what to do now


@cache
def _first(sign: str) -> tuple[str, ...]:
    return tuple(read_yaml(DATA / "first_told.yml")[sign])


def are_misheard(turn: Turn, world: World) -> bool:
    """Whether somebody hurts her in plain words, and it was taken for another matter."""
    if turn.tapped or turn.forced or turn.harmless or turn.is_child or turn.intent in _AS_WELL:
        return False
    tells = turn.cues.tells
    child = not tells.isdisjoint({"a_child", "child_of_age"})
    return "harmed_by" in tells and turn.helped is None and not child


def about_it(turn: Turn) -> str:
    """What she tells is about: a boss who locks her in, or somebody at home."""
    work = "everyday" in turn.cues.tells or turn.intent in _AT_WORK
    return TRAFFICKING if work and "locked" in turn.cues.tells else VIOLENCE


def with_what_to_do(answer: Answer, turn: Turn, state: State, world: World) -> Answer:
    """The answer, with what to do about blows, or about hands on her throat, at its head, where she
    has not been told it."""
    choked = "choked" in turn.cues.tells and not turn.harmless
    now = answer.intent == VIOLENCE and turn.helped is None and (choked or turn.tells_of_blows)
    new = tuple(each for each in _first("choked" if choked else "blows") if each not in state.told)
    if not now or turn.is_child or answer.again or not new:
        return answer
    before = [each.id for each in answer.statements if each.intent == VIOLENCE][:_MOST]
    head = new[: 1 + choked]
    rows, citation = world.these((*head, *before[: _MOST - choked]), state, turn.today)
    told = tuple(Told(r.id, r.intent, r.kind, r.text.get(state.language), r.as_of) for r in rows)
    if not told:
        return answer
    return replace(answer, statements=told, citation=citation, missed=False, unknown=False,
                   closest=False, offers=())  # fmt: skip
