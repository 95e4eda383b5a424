"""A message as one more on the topic that was spoken of, whatever it would mean alone.

"How much?", "and for my mother?", "do I need a police report first": how likely it goes on with the
topic is learnt (bot/nlu/follow_ups.py); what it names itself may still be stronger.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.facets import FAMILY, OWN_TOPIC, about
from bot.conversation.state import SHORT, UNCLEAR, Turn
from bot.knowledge.topics import topics

SIDES = ("cost", "time", "papers")
SURE = 0.9  # from here on the model is right 19 times in 20, whatever was spoken of
# From here on it goes on with the topic; a yes, a no or thanks only where it says more as well.
GOES_ON, SURELY_ON, FEW = 0.5, 0.85, 3
SAYS_NOTHING = ("out_of_scope", "nlu_fallback", "inform_location", "bot_challenge",
                "report_outdated_information", "ask_menu")  # fmt: skip
PAPERS, CONSULATE = "ask_identity_documents", "ask_consulate"
LOOKS_FOR = ("find_service", CONSULATE, "ask_safe_shelter")
SMALL = ("affirm", "deny", "ask_repeat_or_more", "ask_human")
FOR_WHOM = 5  # words of "and for my mother?"
MEANT = ("wage", "deadline", "time", "cost")
# What a short question on money or time is taken for without the topic before it.
MISREAD = (*UNCLEAR, "ask_unpaid_wages", "report_outdated_information", "ask_threats_extortion")
# What she fears of complaining at work looks like reporting violence, or like a detention.
AFRAID = ("ask_protection_order", "ask_detention_deportation", "ask_report_rights_abuse")


def of_the_topic(turn: Turn, topic: str) -> Turn | None:
    """The message as a question on `topic`, where it is one."""
    if topic == CONSULATE and turn.intent in topics() and turn.intent != topic:
        return None  # the consulates were told: there is no more of them
    if turn.hint == "same" and not turn.names_place and not _says_another(turn, topic):
        return about(turn, topic)
    if is_short(turn) and topics()[topic].group != "work" and (side := _misread(turn)):
        bare = replace(turn, asked=replace(turn.asked, stems=frozenset()))
        return about(bare, OWN_TOPIC[side] if topic in FAMILY else topic, side)
    if topic not in FAMILY and is_short(turn):
        side = side_of(turn)
        if side is not None:
            return about(turn, topic, side)
    if goes_on(turn) and not _is_hurt(turn, topic):
        side = next((s for s in SIDES if s in turn.asked.aspects), "")
        same = OWN_TOPIC[side] if side and topic in FAMILY else topic
        return about(_of_an_ordinary_one(turn, topic), same)
    if (
        topics()[topic].group == "work"
        and turn.intent in AFRAID
        and not turn.asked.aspects.isdisjoint({"told_on", "fired"})
    ):
        return about(turn, topic)
    return None


def _says_another(turn: Turn, topic: str) -> bool:
    """ "For my brother, immigration took him" says more than whom it is for."""
    named = turn.intent in topics() and turn.intent != topic and turn.confidence >= SURE
    return named and turn.words > FOR_WHOM


def _of_an_ordinary_one(turn: Turn, topic: str) -> Turn:
    """The question without what the model heard of violence in it: no sentence on that answers."""
    known = topics()
    if known[topic].group == "violence" or not turn.cues.asks or (turn.stays or 0.0) < SURELY_ON:
        return turn
    left = tuple((name, share) for name, share in turn.ranking
                 if name not in known or known[name].group != "violence")  # fmt: skip
    return replace(turn, ranking=left)


def _is_hurt(turn: Turn, topic: str) -> bool:
    """Whether she tells of violence in plain words: never one more on an ordinary matter."""
    known = topics()
    hurt = turn.intent in known and known[turn.intent].group == "violence"
    plain = not turn.cues.evidence.isdisjoint({"harm", "sexual"})
    # "Do I need a police report first": of 55 questions that went on so surely with an ordinary
    # matter, readers heard violence in none, whatever word was in them.
    asks_on = turn.cues.asks and (turn.stays or 0.0) >= SURELY_ON and not turn.is_grave
    return hurt and plain and not asks_on and known[topic].group != "violence"


def goes_on(turn: Turn) -> bool:
    """Whether the message is one more on the topic, whatever its words would mean alone."""
    if turn.stays is None or turn.cues.follow or turn.cues.listed or turn.only_place:
        return False
    if turn.asked_paper == "own" and turn.intent == PAPERS:
        return False  # her own country's passport is a matter of its own
    if turn.intent in LOOKS_FOR and (turn.intent == "find_service" or turn.confidence >= SURE):
        return False  # a place or a number is looked for: on the topic or not, that is told
    if turn.intent in topics() or turn.intent in SAYS_NOTHING:
        return turn.stays >= GOES_ON
    return turn.intent in SMALL and turn.words > FEW and turn.stays >= SURELY_ON


def is_short(turn: Turn) -> bool:
    return turn.words <= SHORT and not turn.names_place


def _misread(turn: Turn) -> str | None:
    """A question on money or time that looked like a wage, a report, or nothing at all."""
    asked = turn.asked.aspects
    if turn.intent not in MISREAD or "wage" in asked or turn.service_type:
        return None
    return next((side for side in ("cost", "time") if side in asked), None)


def side_of(turn: Turn) -> str | None:
    """Which side of the topic she asks for; None where she asks something else."""
    if turn.names_family and turn.intent in FAMILY:
        return None
    if turn.hint in SIDES:
        return "wage" if "wage" in turn.asked.aspects else turn.hint
    if turn.intent == "ask_family_reunification_cost_time":
        return next((s for s in MEANT if s in turn.asked.aspects), "")
    return "papers" if turn.intent == "ask_family_reunification_documents" else None
