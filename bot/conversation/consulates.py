"""Her country's consulates where she is; where there is none that we know, its consular line, one
of the next country, and who may know here: never nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import phonenumbers

from bot.conversation import refuge
from bot.conversation.compose import Decision, decide
from bot.conversation.near import in_town
from bot.conversation.shown import described, one_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.consulates import Consulates
from bot.directory.found import FoundService, has_number
from connectors.contract import Option

MOST = 2
TOLD = "consulates"  # stands in `told`: her consulates were named
TOPIC = "ask_consulate"
_STEMS = ("consu", "embaj", "embas")  # as `asked.stems` has them
LAWYER = "ask_legal_aid"
_PAPERS, _BIRTH = "ask_identity_documents", "ask_birth_registration"


def speaks_of_one(turn: Turn) -> bool:
    """Whether a consulate or an embassy is in her words."""
    return any(stem.startswith(_STEMS) for stem in turn.asked.stems)


def is_for_hers(intent: str, turn: Turn, state: State, world: World) -> bool:
    """Whether it is about a paper that only her own country gives, which we do not know: what holds
    for the papers of where she is would be wrong for her."""
    if not state.origin or state.origin == state.country or TOLD in state.told:
        return False
    if intent == _PAPERS and state.origin not in world.served and turn.asked_paper != "host":
        return turn.asked_paper == "own" or speaks_of_one(turn)
    return intent == _BIRTH and speaks_of_one(turn)


def of_her_country(turn: Turn, state: State, world: World, *, lead: str = "") -> Decision | None:
    """None where we do not know her origin, or where she is: the topic's own answer asks."""
    if not state.origin or not state.country:
        return None
    language = state.language
    known = world.consulates(state, turn.today)
    near = known.near[:MOST]
    line = next((s for s in known.lines if s.phones or s.whatsapp or s.url), None)
    warned, why = refuge.warning(turn, state, world)
    texts = [lead, *warned, *_near(near, known, state, world)]
    if line is not None:
        what = "consular_line" if has_number(line) else "consular_page"
        origin = world.in_words(state.origin, language)
        texts += [say(what, language, origin=origin), described(line, language)]
    abroad = [as_dialled_from_abroad(each) for each in known.abroad[:1]]
    for each in abroad:
        country = world.in_words(each.country, language)
        texts += [say("consulate_abroad", language, country=country), described(each, language)]
    here = [] if any(map(has_number, near)) else _who_knows(turn, state, world)
    texts += [say("consulate_may_know", language, service=one_line(s, language)) for s in here]
    told = [*near, *([line] if line else []), *abroad, *here]
    ids = tuple(each.id for each in told)
    state = state.but(listed=ids, service_type=None, pending=None, misunderstood=0, topic=TOPIC,
                      told=(*state.told, TOLD))  # fmt: skip
    lawyer = Option(world.topic_name(LAWYER, language), f"/{LAWYER}")
    options = (
        Option(say("option_consulate_does", language), "/ask_repeat_or_more"),
        lawyer if warned else Option(say("option_other_topic", language), "/ask_menu"),
    )
    outcome = "service found" if near or line else "none found"
    said = [each for each in texts if each]
    return decide(said, state, TOPIC, options, outcome, (*why, *ids))


def _near(near: Sequence[FoundService], known: Consulates, state: State, world: World) -> list[str]:
    """Those where she is, or that none is known there."""
    language = state.language
    said = {
        "origin": world.in_words(state.origin or "", language),
        "country": world.in_words(state.country or "", language),
    }
    if not near:
        return [] if state.country == state.origin else [say("consulate_none", language, **said)]
    texts = [say("consulates_in", language, **said)]
    texts += [_told(each, language) for each in near]
    if len(known.near) > MOST and not state.city:
        texts.append(say("consulates_more", language))
    return texts


def _told(service: FoundService, language: str) -> str:
    """With what it does, where that tells that one is closed, or that another one serves her."""
    lines = described(service, language)
    plain = service.address and not service.call_first
    return lines if plain else f"{lines}\n{service.description.get(language)}"


def as_dialled_from_abroad(service: FoundService) -> FoundService:
    """With the code of its country before each number."""
    return replace(service, phones=tuple(
        replace(each, display=_international(each.number)) for each in service.phones))  # fmt: skip


def _international(number: str) -> str:
    found = phonenumbers.parse(number)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _who_knows(turn: Turn, state: State, world: World) -> list[FoundService]:
    """Somebody in the country where she is; at home her ministry's line is enough."""
    if state.country == state.origin:
        return []
    found = world.who_knows(TOPIC, state, turn.today)
    return [found] if found is not None else []


def meant(turn: Turn, state: State, world: World, shown: tuple[str, ...]) -> tuple[str, ...]:
    """Of the places `shown` before, or of none, the consulate that she speaks of: where it is not
    clear which, those that were shown; `()` where none of them is a consulate of her country."""
    of_them = state.topic == TOPIC and TOLD in state.told
    if not state.origin or not (of_them or speaks_of_one(turn)):
        return shown
    every = world.consulates(state, turn.today)
    known = [*every.near, *every.lines, *every.abroad]
    if of_them and shown:
        known = [each for each in known if each.id in shown]
    here = [each for each in known if in_town(state.city, each)]
    for some in (here, [each for each in known if has_number(each)]):
        if len(some) == 1:
            return (some[0].id,)
    return shown if of_them else ()


def instead_of(
    service: FoundService, turn: Turn, state: State, world: World
) -> FoundService | None:
    """Who else answers for her country, after one of its consulates did not; None for what is no
    consulate of hers."""
    if not state.origin or "consulate" not in service.service_types:
        return None
    others = [*(each if each.country == state.country else as_dialled_from_abroad(each)
                for each in world.consulates(state, turn.today).that_answer()),
              *_who_knows(turn, state, world)]  # fmt: skip
    rung = {each.number for each in service.phones}
    return next((each for each in others if each.id != service.id
                 and rung.isdisjoint(phone.number for phone in each.phones)), None)  # fmt: skip
