"""Her no holds for the rest of the talk: no police, no report, nobody forced her, not that state.

Of what she said a key stays (bot/conversation/marks.py), and nothing else. An open danger knows no
such no: there the number that answers stands. What a no keeps away stands in data/her_no.yml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from bot.conversation.another import NOBODY
from bot.conversation.state import State, Turn
from bot.directory.found import FoundService
from bot.directory.text import fold
from bot.knowledge.files import read_yaml
from bot.knowledge.models import Statement
from bot.knowledge.topics import topics
from bot.paths import DATA

POLICE, STATE, FORCED, PAPERS = "police", "state", "forced", "papers"
# Of data/tells.yml: what each says, and what takes it back.
_SAID = {"no_police": POLICE, "by_the_state": STATE, "stripped": STATE, "not_forced": FORCED,
         "no_papers": PAPERS}  # fmt: skip
_TAKEN_BACK = {"wants_to_report": POLICE, "has_papers": PAPERS}
RAPE, HEALTH = "ask_sexual_violence", "ask_sexual_reproductive_health"
HEALTH_CARE = "ask_health_care"
_REPORTS = ("ask_protection_order", "ask_report_rights_abuse")


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(DATA / "her_no.yml")
    return found


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_read()[name])


def noted(turn: Turn) -> frozenset[str]:
    """The keys of what she has said no to, after this message."""
    tells = turn.cues.tells
    said = {key for name, key in _SAID.items() if name in tells}
    back = {key for name, key in _TAKEN_BACK.items() if name in tells}
    if "no_police" in tells:
        back.discard(POLICE)
    if "not_forced" not in tells and _tells_of_rape(turn):
        back.add(FORCED)
    return (turn.noes | said) - back


def _tells_of_rape(turn: Turn) -> bool:
    """Whether it was done to her, whatever she said before."""
    sexual = "sexual" in turn.cues.evidence and "hurt_herself" in turn.cues.tells
    return sexual or turn.cues.rape or "assaulted" in turn.cues.tells


def heard(turn: Turn, before: State) -> Turn:
    """The message; where she says that nobody forced her it is about no rape, and where the
    police are whom she fears it is no question on reporting to them."""
    searched = before.topic in topics() and "by_the_state" in turn.cues.tells
    if searched and turn.intent in _REPORTS and not turn.tapped:
        return turn.about(str(before.topic))
    if FORCED not in turn.noes or turn.tapped or turn.forced:
        return turn
    turn = replace(turn, cues=replace(turn.cues, rape=False, after_rape=False))
    if turn.intent != RAPE:
        return turn
    on = before.topic if before.topic in topics() and before.topic != RAPE else HEALTH
    return replace(turn.about(str(on)), another=NOBODY)


def keeps_away(turn: Turn, service: FoundService) -> bool:
    """Whether she does not want, or fears, who would be named as a help."""
    if "spent" in turn.cues.tells and service.id in turn.last.told:
        return True  # she was there, or nobody answers
    name = fold(f"{service.names.es} {service.names.en} {service.organization}")
    if STATE in turn.noes and _pattern("state").search(name):
        return True
    return POLICE in turn.noes and bool(_pattern("police").search(name))


def another(found: Sequence[FoundService], turn: Turn) -> FoundService | None:
    """The first whom her no does not keep away."""
    return next((each for each in found if not keeps_away(turn, each)), None)


def reports(statement: Statement) -> bool:
    """Whether it says only where to report."""
    return bool(_pattern("reports").search(fold(statement.text_es)))


def is_of_rape(statement: Statement) -> bool:
    """Whether it is for her who was forced."""
    return statement.intent == RAPE


def names_rape(statement: Statement) -> bool:
    """Whether it speaks of rape in so many words."""
    return bool(_pattern("rape").search(fold(statement.text_es)))


def speaks_of_coughing(statement: Statement) -> bool:
    """Whether it begins with a cough: the word "blood" alone must not bring it."""
    return bool(_pattern("cough").search(fold(statement.text_es)))


def speaks_of_rape(turn: Turn) -> bool:
    """Whether she does, now or in what was spoken of before."""
    said = turn.cues.rape or turn.cues.after_rape or turn.before == RAPE
    return said or not turn.cues.tells.isdisjoint({"of_sex", "assaulted", "touched"})


def for_no_papers() -> frozenset[str]:
    """The statements that warn her who has no papers."""
    return frozenset(_read()["without_papers"])


def has_no_papers(turn: Turn) -> bool:
    """Whether she said that she has no papers, or fears that she is told on; not about wages."""
    if "has_papers" in turn.cues.tells:
        return False
    of_work = turn.before in topics() and topics()[str(turn.before)].group == "work"
    return PAPERS in turn.noes or ("told_on" in turn.asked.aspects and not of_work)
