"""From Rasa's tracker to a turn, and from a decision to Rasa's events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.same_turn import as_it_began, keeping
from bot.conversation.another import read_another
from bot.conversation.bodies import read_bodies
from bot.conversation.clues import read_clue
from bot.conversation.compose import Decision
from bot.conversation.cues import Cues, read_cues
from bot.conversation.dialogue import play
from bot.conversation.doubt_words import read_doubt
from bot.conversation.fraud_words import read_money
from bot.conversation.harmless import is_harmless
from bot.conversation.not_an_order import Decide
from bot.conversation.on_the_topic import GOES_ON
from bot.conversation.places_said import Said, places_said
from bot.conversation.same_name import in_her_country, which_country
from bot.conversation.secrecy import read_named, read_secrecy
from bot.conversation.shown import noting
from bot.conversation.signs import (
    THERE,
    read_nationality,
    read_signs,
    without_documents,
    without_shared,
)
from bot.conversation.state import OTHER_LANGUAGES, UNCLEAR, State, Turn
from bot.conversation.world import World
from bot.directory.reporter import speaking, way_of
from bot.knowledge.asked import (
    asks_asylum,
    for_other,
    names_family,
    read_asked,
    read_hint,
    read_paper,
    read_paper_of,
    read_service_type,
    says_from,
    tells_of_the_jungle,
    wants_sleep,
)
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from bot.nlu.meanings import from_text
from bot.nlu.place_only import says_only_places
from bot.rasa_client import TRIAL

_GREETING, _PLACE = 2, 4  # words
PAUSE_S = 3600.0
SHELTER, PLACE = "ask_safe_shelter", "inform_location"


@dataclass(frozen=True)
class _Span:
    """Where a place stands in the message."""

    start: int
    end: int
    value: str | None


class TurnAction(Action):
    """An action that is one pure function."""

    def __init__(self, name: str, decide: Decide, world: World) -> None:
        self._name, self._decide, self._world = name, decide, world

    def name(self) -> str:
        """The name that the rules use."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Read the turn, decide, say, remember."""
        metadata = tracker.latest_message.get("metadata") or {}
        known = as_it_began(tracker.slots, metadata.get("turn"))
        turn = read_turn(tracker.latest_message, known)
        trial = trial_of(tracker)
        given = {"language": turn_language(tracker), **(trial or {})}
        before = State.from_slots({**given, **_set(known)})
        way = way_of(str(metadata.get("channel") or ""), str(metadata.get("style") or ""))
        who = speaking(str(tracker.sender_id), way, rehearses=trial is not None)
        with who, noting() as noted:
            decision = await asyncio.to_thread(play, self._decide, turn, before, self._world)
        slots = decision.state.as_slots()
        message = _message(decision, slots)
        if turn.language in OTHER_LANGUAGES:  # for the figures: she is answered in another
            message["slots"]["wrote_in"] = "other"
        if trial is not None:
            message["records"] = _used(decision, noted)
        dispatcher.utter_message(json_message=message)
        slots = keeping(slots, known, metadata.get("turn"), decision.acted_on,
                        forgotten=turn.forgotten)  # fmt: skip
        # Rasa checks and keeps every event: only what has changed is one.
        there = tracker.slots
        return [SlotSet(name, value) for name, value in slots.items() if value != there.get(name)]


def _set(slots: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if value is not None}


def trial_of(tracker: Tracker) -> dict[str, str] | None:
    """Where it begins, if the back office tries the assistant; None for every woman.

    The mark is the portal's own (bot/portal/trial.py): no message carries metadata, and a
    pseudonym of a woman never looks like that of a trial.
    """
    mark = (tracker.latest_message.get("metadata") or {}).get("trial")
    if not isinstance(mark, dict) or not str(tracker.sender_id).startswith(TRIAL):
        return None
    return {name: str(mark[name]) for name in ("country", "here") if mark.get(name)}


def turn_language(tracker: Tracker) -> str:
    """What the gateway knows of her language, for a conversation that Rasa has forgotten."""
    return str((tracker.latest_message.get("metadata") or {}).get("language") or "es")


def read_turn(message: Mapping[str, Any], slots: Mapping[str, Any]) -> Turn:
    """What the understanding found in the latest message."""
    metadata = message.get("metadata") or {}
    entities = message.get("entities") or []
    places = message.get("places") or {}
    text = _text(message)
    tapped = text.startswith("/")
    cues = read_cues(text)
    if tapped:
        places = {e["entity"]: e["value"] for e in entities if e["entity"] in ("country", "city")}
    here = slots.get("here")
    places = dict(without_shared(entities, places, text, here))
    at = here or slots.get("country") or metadata.get("prefix_country")
    places = dict(without_documents(entities, places, text, at))
    signs = read_signs(text)
    told = [here, slots.get("origin")]
    if not (cues.present or signs.isdisjoint(("others", "return", "there", "home"))):
        told.reverse()  # who goes back, or is spoken of there, is where they come from
    places = dict(in_her_country(places, entities, text, *told))
    prefix = metadata.get("prefix_country")
    if not (any(told) or tapped) and prefix in COUNTRY_CODES:
        places = dict(which_country(places, entities, text, prefix))
    known = slots.get("country") or metadata.get("prefix_country")
    if places.get("guessed") and known in COUNTRY_CODES:
        places["country"] = None  # whom she speaks of is no reason to leave the country
    now = datetime.fromisoformat(metadata["now"]) if "now" in metadata else datetime.now(UTC)
    intent = dict(message.get("intent") or {})
    spoken = topics().get(str(slots.get("topic")))
    hurt = bool(slots.get("crisis")) or (spoken is not None and spoken.group == "violence")
    asylum = asks_asylum(text, after=slots.get("topic") == "ask_asylum")
    if intent.get("name") == SHELTER and asylum and not hurt:
        intent["name"] = "ask_asylum"
    stays = _stays(message, slots.get("topic"))
    # Whose place it is, is told by the matter: a girl's mother abroad is not where she is hurt.
    matter = str(slots.get("topic") if (stays or 0.0) >= GOES_ON else intent.get("name"))
    threatened = spoken is not None and spoken.group == "violence" and "kin" in cues.tells
    said = places_said(text, entities, places, str(slots.get("topic")) if threatened else matter)
    if threatened and said.other:  # they are elsewhere; who is to be helped first is she
        said = replace(said, country=said.here, city=None, other=False)
        signs -= {THERE, "home"}
    tells = intent.get("name") == PLACE and not cues.asks and slots.get("pending") != "origin"
    if tells and said.told and not (said.other or said.here):
        said = replace(said, here=said.country, mine=True)  # "no no, San José, California"
    origin = said.origin or places.get("origin") or read_paper_of(text, prefix)
    maybe = said.other or said.maybe
    if said.country not in COUNTRY_CODES and not maybe and says_from(text):
        origin = origin or said.country
    if said.other and not cues.other:
        cues = replace(cues, other=True)
    if not (said.told or said.mine) and said.country and cues.present:
        cues = replace(cues, present=False)  # "if I get to Mexico", "I was in": she is not there
    denied, names_origin = (*said.not_in, *said.absent), says_from(text)
    return Turn(
        intent=str(intent.get("name") or "nlu_fallback"),
        today=now.date(),
        now=now,
        cues=cues,
        asked=replace(read_asked(text), vectors=from_text(message.get("meaning"))),
        money=read_money(text),
        phase=cues.phase,
        idle_s=metadata.get("idle_s"),
        told_of_crisis=metadata.get("crisis"),
        forced=bool(metadata.get("force_intent")),
        forgotten=bool(metadata.get("forgotten")),
        someone_else=bool(metadata.get("someone_else")),
        need=metadata.get("need"),
        child_before=bool(metadata.get("child")),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple(
            (str(r["name"]), float(r["confidence"])) for r in message.get("intent_ranking") or ()
        ),
        language=_language(message, tapped, cues),
        country=said.country,
        origin=None if origin in denied and not names_origin else origin,
        destination=_destination(said, places),
        city=said.city,
        here=said.here,
        clue=read_clue(text, origin),
        not_in=said.not_in,
        mine=said.mine,
        maybe=said.maybe,
        past=said.past,
        mentioned=said.mentioned,
        signs=signs,
        nationality=read_nationality(text),
        another=read_another(text),
        hint=read_hint(text),
        secrecy=read_secrecy(text),
        harmless=is_harmless(text),
        doubt=read_doubt(text),
        of_named=read_named(text),
        names_family=names_family(text),
        for_other=for_other(text),
        asked_paper=read_paper(text),
        bodies=read_bodies(text),
        candidates=tuple(places.get("candidates") or ()),
        service_type=_first(entities, "service_type") or _short_service(text, intent, places),
        relative=_first(entities, "relative"),
        group=_first(entities, "group"),
        words=int(metadata.get("typed") or 0),
        only_place=not tapped and _is_only_place(message),
        stays=stays,
        before=None if stays is None else slots.get("topic"),
        jungle=tells_of_the_jungle(text),
        stays_listed=_stays(message, "find_service"),
        tapped=tapped,
        style=str(metadata.get("style") or "web"),
        prefix_country=prefix,
    )


def _destination(said: Said, places: Mapping[str, Any]) -> str | None:
    """Where she goes: not where somebody else is to be sent."""
    goal = places.get("destination")
    return None if said.origin or said.elsewhere or goal in said.absent else goal


def _text(message: Mapping[str, Any]) -> str:
    """What she wrote, its spelling made regular: the words that are looked for are spelt so."""
    return str(message.get("spelt") or message.get("text") or "")


def _short_service(text: str, intent: Mapping[str, Any], places: Mapping[str, Any]) -> str | None:
    """A kind of place beside a town, where the understanding saw only the town."""
    unclear = intent.get("name") in (*UNCLEAR, "find_service")
    if unclear and wants_sleep(text):
        return "migrant_shelter"
    sought = intent.get("name") == "find_service" or bool(places.get("country"))
    return read_service_type(text) if unclear and sought else None


def _stays(message: Mapping[str, Any], topic: Any) -> float | None:
    """How likely the message goes on with `topic`; None where nothing was found out about it, or
    where so long a time has passed that it may as well be about something new."""
    told, metadata = message.get("stays"), message.get("metadata") or {}
    if metadata.get("forgotten") or (metadata.get("idle_s") or 0) > PAUSE_S:
        return None
    return float(told.get(str(topic), 0.0)) if told is not None and topic else None


def _language(message: Mapping[str, Any], tapped: bool, cues: Cues) -> str | None:
    """None where only the conversation can tell ("ok", "visa", "Long Island", "wenas", a tap)."""
    code = message.get("language")
    if tapped or not code or (code == "en" and _tells_none(message, cues)):
        return None
    return str(code) if message.get("language_sure") or code in OTHER_LANGUAGES else None


def _tells_none(message: Mapping[str, Any], cues: Cues) -> bool:
    """A place's name alone, or a greeting in slang that only looks English."""
    text = _text(message)
    greets = (message.get("intent") or {}).get("name") == "greet"
    if greets and len(text.split()) <= _GREETING:
        return not cues.hello
    return len(text.split()) <= _PLACE and _is_only_place(message)


def _is_only_place(message: Mapping[str, Any]) -> bool:
    places = [e for e in message.get("entities") or () if e.get("entity") in ("country", "city")]
    spans = [_Span(int(e.get("start") or 0), int(e.get("end") or 0), e["value"]) for e in places]
    return says_only_places(_text(message), spans)


def _first(entities: list[Mapping[str, Any]], name: str) -> str | None:
    return next((str(e["value"]) for e in entities if e.get("entity") == name), None)


def _used(decision: Decision, noted: Mapping[str, str]) -> list[str]:
    """Statements and services of the answer: also those that are only named in it."""
    said = "\n".join(reply.text for reply in decision.replies)
    named = (record_id for record_id, name in noted.items() if name in said)
    return list(dict.fromkeys((*decision.records, *named)))


def _message(decision: Decision, slots: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "replies": [reply.as_dict() for reply in decision.replies],
        "acted_on": decision.acted_on,
        "slots": dict(slots),
        "outcome": decision.outcome,
    }
