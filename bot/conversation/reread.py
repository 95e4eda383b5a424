"""A short message, read in the light of the topic before it, whatever the model made of it alone.

"How much?" is about the topic that was answered, not about bringing one's family; "and for my
mother?" is the same question again; a town beside a kind of place is a search there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.conversation import crisis, groundless
from bot.conversation.compose import Decision
from bot.conversation.facets import FAMILY, OWN_TOPIC, about
from bot.conversation.in_context import same_topic
from bot.conversation.places import inform_location
from bot.conversation.services import find_service
from bot.conversation.small_talk import repair
from bot.conversation.state import ALARMS, ORDERS, PLACE_ONLY, SHORT, UNCLEAR, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.knowledge.topics import topics

Decide = Callable[[Turn, State, World], Decision]
SIDES = ("cost", "time", "papers")
SURE = 0.9  # from here on the model is right 19 times in 20, whatever was spoken of
PAUSE_S = 3600.0
FOR_WHOM = 5  # words of "and for my mother?"
MEANT = ("wage", "deadline", "time", "cost")
# What a short question on money or time is taken for without the topic before it.
MISREAD = (*UNCLEAR, "ask_unpaid_wages", "report_outdated_information", "ask_threats_extortion")
# What she fears of complaining at work looks like reporting violence, or like a detention.
AFRAID = ("ask_protection_order", "ask_detention_deportation", "ask_report_rights_abuse")


def reread(decide: Decide, turn: Turn, before: State, world: World) -> tuple[Decide, Turn]:
    """The decider and the turn as the conversation makes them; mostly as they are."""
    other = groundless.instead(turn, before, world)
    if other is not None:
        calm = tuple(each for each in turn.ranking if each[0] not in ALARMS)
        turn = replace(turn.about(other), ranking=calm)
        decide = {"inform_location": inform_location, "nlu_fallback": repair}.get(
            other, answer_topic)  # fmt: skip
    if turn.tapped or turn.forced or turn.intent in (*ALARMS, *ORDERS) or turn.forgotten:
        return decide, turn
    if turn.not_in and not turn.country and turn.intent in PLACE_ONLY:
        return inform_location, turn.about("inform_location")
    known = turn.country or (before.country and turn.service_type == "migrant_shelter")
    if turn.service_type and known and turn.intent in UNCLEAR:
        return find_service, turn.about("find_service")
    if crisis.is_on(before):
        return decide, turn
    if turn.hint == "again" and (before.told or before.listed):
        return decide, replace(turn, cues=replace(turn.cues, follow="explain"))
    if before.listed and before.service_type and _is_short(turn) and _side(turn) == "cost":
        # Whether these places charge, not what the topic before them costs.
        return decide, replace(turn, cues=replace(turn.cues, follow="cost"))
    if not before.topic or not world.is_topic(before.topic):
        return decide, turn
    meant = _of_the_topic(turn, before.topic)
    return (answer_topic, meant) if meant is not None else (decide, turn)


def _of_the_topic(turn: Turn, topic: str) -> Turn | None:
    """The message as a question on `topic`, where it is one."""
    if turn.hint == "same" and not turn.names_place and not _says_another(turn, topic):
        return about(turn, topic)
    if _is_short(turn) and topics()[topic].group != "work" and (side := _misread(turn)):
        bare = replace(turn, asked=replace(turn.asked, stems=frozenset()))
        return about(bare, OWN_TOPIC[side] if topic in FAMILY else topic, side)
    if topic not in FAMILY and _is_short(turn):
        side = _side(turn)
        if side is not None:
            return about(turn, topic, side)
    if stays_on(turn, topic):
        return about(turn, topic)
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


def stays_on(turn: Turn, topic: str) -> bool:
    """Whether the message is likelier one more on `topic` than the first on another.

    The model hears it alone and finds every topic equally likely beforehand. In a conversation the
    next message mostly stays with what is spoken of, the shorter the surer.
    """
    if (
        turn.intent not in topics()
        or turn.intent == topic
        or (turn.idle_s and turn.idle_s > PAUSE_S)
    ):
        return False
    shares = dict(turn.ranking)
    other = max(shares.get(turn.intent, 0.0), turn.confidence)
    return other < SURE and shares.get(topic, 0.0) * same_topic(turn) > other


def _is_short(turn: Turn) -> bool:
    return turn.words <= SHORT and not turn.names_place


def _misread(turn: Turn) -> str | None:
    """A question on money or time that looked like a wage, a report, or nothing at all."""
    asked = turn.asked.aspects
    if turn.intent not in MISREAD or "wage" in asked or turn.service_type:
        return None
    return next((side for side in ("cost", "time") if side in asked), None)


def _side(turn: Turn) -> str | None:
    """Which side of the topic she asks for; None where she asks something else."""
    if turn.names_family and turn.intent in FAMILY:
        return None
    if turn.hint in SIDES:
        return "wage" if "wage" in turn.asked.aspects else turn.hint
    if turn.intent == "ask_family_reunification_cost_time":
        return next((s for s in MEANT if s in turn.asked.aspects), "")
    return "papers" if turn.intent == "ask_family_reunification_documents" else None
