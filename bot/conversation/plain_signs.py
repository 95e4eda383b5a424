"""Plain signs of a matter that the model takes for another: what she tells decides, in any topic.

Papers kept and no way out, photos of her body for a job, a gang that wants her eldest, an ex who
lies in wait, a small child's illness. The patterns stand in data/tells.yml.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.crisis import emergency, is_on
from bot.conversation.facets import about
from bot.conversation.not_an_order import Decide
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.topics import topics

TRAFFICKED, GRIEF = "ask_trafficking_exploitation", "ask_emotional_support"
HARASSED = "ask_workplace_harassment"
HEALTH, ARREST = "ask_health_care", "ask_detention_deportation"
_OF_A_BIRTH = frozenset(("loses_blood", "baby_still", "waters", "sees_lights", "labour_pains"))
OF_REPORTING = ("ask_protection_order", "ask_report_rights_abuse", ARREST)
OF_JOBS = ("ask_find_job", "ask_work_permit")
# Where an ex who lies in wait is heard already.
LIES_IN_WAIT_TOO = ("ask_domestic_violence", "ask_protection_order", "ask_threats_extortion",
                    "ask_safe_shelter", "ask_child_custody_support")  # fmt: skip


def heard(turn: Turn, before: State, world: World) -> tuple[Decide, Turn] | None:
    """Who answers, and the message as it is heard; None where no sign is in it."""
    if (ill := _of_a_small_child(turn, before)) is not None:
        return emergency, ill
    found = _topic_of(turn, before, world)
    if found is not None:
        return answer_topic, found
    return None


def _topic_of(turn: Turn, before: State, world: World) -> Turn | None:
    tells = turn.cues.tells
    if "labour_office" in tells and turn.intent in OF_REPORTING and not turn.is_grave:
        return _of_the_office_for_work(turn, before)
    if before.topic == TRAFFICKED and (theirs := _of_those_who_hold_her(turn)) is not None:
        return theirs
    if "knows_where" in tells and not world.is_sensitive(turn.intent):
        on = before.topic if world.is_sensitive(before.topic or "") else "ask_threats_extortion"
        return turn.about(str(on))
    if "cannot_bear" in tells:
        return turn.about(GRIEF)
    of_work = "work" in (_group(turn.intent), _group(before.topic)) or before.topic in OF_JOBS
    if "come_alone" in tells and of_work:
        return turn.about(HARASSED)
    if "body_photo" in tells and of_work:
        return turn.about(TRAFFICKED)
    if "lies_in_wait" in tells and turn.intent not in LIES_IN_WAIT_TOO:
        return turn.about("ask_domestic_violence")
    if world.is_sensitive(turn.intent):
        return None
    if "kept_and_held" in tells:
        return turn.about(TRAFFICKED)
    return turn.about("ask_threats_extortion") if "wanted_by_gang" in tells else None


def _of_the_office_for_work(turn: Turn, before: State) -> Turn:
    """Whether the office for work passes her on: a question on work, not on reporting violence."""
    work = next((name for name, _ in turn.ranking if _group(name) == "work"), "ask_labour_rights")
    on = before.topic if _group(before.topic) == "work" else work
    return about(turn, str(on), "told_on" if "told_on" in turn.asked.aspects else "")


def _of_those_who_hold_her(turn: Turn) -> Turn | None:
    """Her papers that they keep, and what comes of leaving them: still of the same people."""
    if "papers_kept" in turn.cues.tells:
        return turn.about(TRAFFICKED)
    fears = "of_violence" in turn.cues.tells and turn.cues.asks
    return about(turn, TRAFFICKED, "told_on") if fears and turn.intent == ARREST else None


def in_pregnancy(turn: Turn, before: State) -> Turn | None:
    """Blood, waters, a child that no longer moves, after she told that she carries one: the card,
    whatever the message looks like alone. "A little blood, is that normal" is answered."""
    on = is_on(before) and before.crisis == "medical"
    if not turn.pregnant or turn.tapped or turn.forced or turn.harmless:
        return None
    signs = turn.cues.tells & _OF_A_BIRTH
    if not signs or ((turn.cues.asks or on) and signs == {"loses_blood"}):
        return None
    return replace(turn.about(ALARMS[0]), need="medical", forced=True)


def _of_a_small_child(turn: Turn, before: State) -> Turn | None:
    """A cough like a dog's; or hardly any milk, of a child who was told to be ill before."""
    tells = turn.cues.tells
    weak = "feeds_little" in tells and before.topic == HEALTH
    if turn.cues.asks or not (weak or "croup" in tells):
        return None
    return replace(turn.about(ALARMS[0]), need="medical", forced=True)


def _group(name: str | None) -> str | None:
    known = topics().get(name or "")
    return known.group if known is not None else None
