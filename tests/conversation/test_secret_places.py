"""Where a secret place is never comes out of a conversation, whatever a careless editor wrote.

Two of three services of a country are made secret and filled with their town. Two such databases
differ only in which town that is. Whatever she asks, both must answer the same, letter by letter:
an answer that does not depend on the secret cannot betray it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from actions.registry import DECIDERS
from bot.conversation.another import read_another
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.doubt_words import read_doubt
from bot.conversation.secrecy import read_named, read_secrecy
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.database import open_engine, transaction
from bot.directory.models import Organization, Service
from bot.directory.places import Town, distance_km, every_town, find_places
from bot.directory.schema import SERVICE_TYPES
from bot.directory.search import find_services
from bot.directory.text import fold
from bot.knowledge.asked import read_asked, read_hint
from bot.knowledge.load import fill
from tests.conftest import ON_BOTH, Copied
from tests.countries import country_files
from tests.turns import RULES

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
TEXTS = (
    "description_es", "description_en", "for_whom_es", "for_whom_en", "hours_es", "hours_en",
    "cost_note_es", "cost_note_en", "alert",
)  # fmt: skip
FORMS = ("Está en {}.", "{}: toca la puerta", "{}", "Vamos por ti a {}", "{} (junto al parque)")
TOPICS = (
    "ask_safe_shelter", "ask_domestic_violence", "ask_asylum", "ask_unpaid_wages",
    "ask_health_care", "ask_consulate",
)  # fmt: skip
REFUGE = "violence_shelter"
# What she says after each list; the intent is what the understanding makes of it.
FOLLOWING = (
    ("nlu_fallback", "el segundo"),
    ("nlu_fallback", "dame el teléfono"),
    ("nlu_fallback", "¿a qué hora abren?"),
    ("nlu_fallback", "¿dónde queda?"),
    ("nlu_fallback", "¿cuánto cuesta?"),
    ("nlu_fallback", "no entendí"),
    ("nlu_fallback", "otro más cerca"),
    ("ask_repeat_or_more", "más"),
    ("report_outdated_information", "ese número no contesta"),
    ("report_outdated_information", "tampoco ese"),
    ("nlu_fallback", "¿quién me ayuda?"),
)
# Answered by where she is and what she spoke of, whatever was listed: asked once for each of these.
AT_LAST = ("ask_human", "quiero hablar con alguien")


# What is not about the list, and names or describes somebody of it again.
BESIDE = (
    ("ask_human", "no tengo saldo, solo wifi"),
    ("nlu_fallback", "¿de dónde sacaste eso?"),
    ("nlu_fallback", "no te creo"),
    ("nlu_fallback", "eso no es lo que pregunté"),
    ("nlu_fallback", "explícamelo más despacio"),
    ("ask_privacy", "¿es secreto ese lugar?"),
    ("ask_domestic_violence", "a mi hermana le pega el marido"),
    ("nlu_fallback", "¿qué le digo?"),
    ("nlu_fallback", "¿puedo llamar yo por ella?"),
    ("thank", "gracias"),
    ("nlu_fallback", "¿pierde a sus hijos?"),
    ("ask_threats_extortion", "tienen secuestrado a mi primo y piden dinero"),
    ("nlu_fallback", "¿pago o no pago?"),
)


@dataclass(frozen=True)
class Pair:
    """Two towns of one state, and a third place to ask from."""

    country: str
    first: str
    second: str
    elsewhere: str
    state: str


@cache
def two_towns(country: str) -> Pair:
    """Towns of one word or more whose names nothing else has, neither in the country's content."""
    content = country_files(country)
    common = f" {fold(repr(content))} "
    by_state: dict[str, list[Town]] = {}
    for town in every_town(country):
        name = fold(town.name)
        same = find_places(country, town.name)
        is_plain = len(name) > 5 and len(same) == 1 and f" {name} " not in common
        if is_plain and town.state and town.point:
            by_state.setdefault(town.state, []).append(town)
    apart = {state: _farthest(towns) for state, towns in by_state.items() if len(towns) > 1}
    widest = max(apart, key=lambda state: distance_km(*_points(apart[state])))
    there = min(set(by_state) - {widest})
    first, second = apart[widest]
    return Pair(country, first.name, second.name, by_state[there][0].name, widest)


def _farthest(towns: list[Town]) -> tuple[Town, Town]:
    """The northernmost and the southernmost."""
    ordered = sorted(towns, key=lambda each: (each.latitude or 0.0, each.name))
    return ordered[0], ordered[-1]


def _points(towns: tuple[Town, Town]) -> tuple[tuple[float, float], tuple[float, float]]:
    one, other = (each.point or (0.0, 0.0) for each in towns)
    return one, other


def careless(service: Service, number: int, town: str, state: str) -> None:
    """Make it secret, and write its town wherever there is room."""
    forms = itertools.cycle((town, town.upper(), f"{town}, Portal Xanath {number}"))
    service.confidential_location = True
    service.call_first = number % 5 == 0
    for position, name in enumerate(TEXTS):
        if (number + position) % 2:
            setattr(service, name, FORMS[(number + position) % len(FORMS)].format(next(forms)))
    squeezed = fold(town).replace(" ", "")
    if number % 2:
        service.name = f"Casa {number} de {town}"
        service.organization = Organization(
            id=f"x.org.{number}", country=service.country, kind="ngo",
            name=f"Red de mujeres de {town} {number}",
        )  # fmt: skip
    if number % 4 < 3:
        service.url, service.email = f"https://{squeezed}.example/", f"casa@{squeezed}.example"
    for phone in service.phones:
        phone.label_es = phone.label_en = town
    for place in service.locations:
        place.location_type, place.city, place.address_1 = "physical", town, f"Calle 3, {town}"
        place.latitude, place.longitude, place.precision = _point(service.country, town)
        place.state_province = state if number % 4 else town


def _point(country: str, town: str) -> tuple[float | None, float | None, str]:
    found = find_places(country, town)[0]
    return found.latitude, found.longitude, ("town", "exact")[len(town) % 2]


Databases = Callable[[str, Pair], tuple[Engine, Engine]]


@pytest.fixture(scope="module")
def databases(copied: Copied) -> Iterator[Databases]:
    """By kind and pair: one where the secret places are in its first town, one with the second.
    Shared: only read from them."""
    opened: list[Engine] = []

    @cache
    def filled(kind: str, pair: Pair) -> tuple[Engine, Engine]:
        def content(engine: Engine) -> None:
            with transaction(engine) as session:
                fill(session, {pair.country: country_files(pair.country)})

        engines = open_engine(copied(kind, content)), open_engine(copied(kind, content))
        opened.extend(engines)
        for engine, town in zip(engines, (pair.first, pair.second), strict=True):
            make_careless(engine, town, pair.state)
        return engines

    yield filled
    for engine in opened:
        engine.dispose()


def make_careless(engine: Engine, town: str, state: str) -> None:
    with transaction(engine) as session:
        services = session.scalars(select(Service).order_by(Service.id)).all()
        for number, service in enumerate(services):
            if number % 3 or service.confidential_location:
                careless(service, number, town, state)


def say(state: State, world: World, intent: str, words: str, **more: str) -> tuple[str, State]:
    turn = Turn(
        intent=intent, today=NOW.date(), now=NOW, cues=read_cues(words), words=4,
        asked=read_asked(words), hint=read_hint(words), another=read_another(words),
        doubt=read_doubt(words), secrecy=read_secrecy(words), of_named=read_named(words),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    decision = play(DECIDERS[RULES[intent]], turn, state, world)
    titles = [option.title for reply in decision.replies for option in reply.options]
    texts = [reply.text for reply in decision.replies]
    return "\n".join((f"[{words}]", *texts, *titles)), decision.state


def conversations(
    pair: Pair, kinds: Sequence[str], topics: Sequence[str]
) -> Iterator[tuple[str, dict[str, str | None], str]]:
    """First messages: kinds of service and some topics, from every place, es and en."""
    cities = (None, pair.first, pair.second, pair.elsewhere)
    for number, kind in enumerate(kinds):
        language = ("es", "en")[number % 2]
        for city in cities if kind == REFUGE else (cities[number % 4],):
            yield "find_service", {"service_type": kind, "city": city}, language
    for number, topic in enumerate(topics):
        yield topic, {"city": cities[number % 4]}, "en" if number % 2 else "es"


def transcript(
    engine: Engine,
    pair: Pair,
    kinds: Sequence[str],
    topics: Sequence[str],
    then: Sequence[tuple[str, str]] = FOLLOWING,
) -> list[tuple[str | None, str]]:
    """Everything that is said in all the conversations, with the town that she named."""
    world, said = World(engine), []
    for intent, names, language in conversations(pair, kinds, topics):
        state = State(language=language, origin="GT" if pair.country != "GT" else "HN")
        known = {name: value for name, value in names.items() if value}
        text, state = say(state, world, intent, "busco ayuda", country=pair.country, **known)
        said.append((names["city"], text))
        last = (AT_LAST,) if names.get("service_type", REFUGE) == REFUGE else ()
        for following, words in (*then, *last):
            text, state = say(state, world, following, words)
            said.append((names["city"], text))
    return said


# Every kind of place and every topic in one country and once more in one of two others, a refuge in
# all of them. SQLite alone: PostgreSQL's searches are compared below.
@pytest.mark.parametrize(("country", "kinds", "topics"), [
    ("HN", SERVICE_TYPES, TOPICS),
    ("MX", sorted({REFUGE, *SERVICE_TYPES[::2]}), TOPICS[::2]),
    ("CA", sorted({REFUGE, *SERVICE_TYPES[1::2]}), TOPICS[1::2]),
], ids=["HN", "MX", "CA"])  # fmt: skip
def test_no_answer_depends_on_where_the_secret_places_are(
    databases: Databases, country: str, kinds: Sequence[str], topics: Sequence[str]
) -> None:
    pair = two_towns(country)

    here, there = (transcript(engine, pair, kinds, topics) for engine in databases("sqlite", pair))

    refuges = 4  # one from each place
    assert len(here) == (len(kinds) - 1) * (1 + len(FOLLOWING)) + (
        (refuges + len(topics)) * (2 + len(FOLLOWING))
    )
    assert [a for a, b in zip(here, there, strict=True) if a != b] == []
    told = [text for city, text in here if city != pair.first]
    assert [text for text in told if f" {fold(pair.first)} " in f" {fold(text)} "] == []
    everything = " ".join(text for _, text in here)
    for leak in ("Xanath", "Calle 3", fold(pair.first).replace(" ", "") + ".example"):
        assert leak not in everything
    # The conversations did speak of these services, and of those that can be named by their kind.
    assert f"({pair.state})" in everything


def test_neither_doubts_nor_helpers_are_told_where_a_secret_place_is(
    databases: Databases,
) -> None:
    pair = two_towns("HN")

    here, there = (
        transcript(each, pair, (REFUGE,), TOPICS[:3], BESIDE) for each in databases("sqlite", pair)
    )

    assert [a for a, b in zip(here, there, strict=True) if a != b] == []
    everything = " ".join(text for _, text in here)
    for leak in ("Xanath", "Calle 3", fold(pair.first).replace(" ", "") + ".example"):
        assert leak not in everything
    assert "Sin llamar, por internet:" in everything or "no tengo WhatsApp" in everything


@pytest.mark.parametrize("kind", ON_BOTH)
def test_no_search_brings_a_secret_place_nearer(databases: Databases, kind: str) -> None:
    pair = two_towns("HN")
    points = [find_places("HN", town)[0].point for town in (pair.first, pair.second)]

    found = []
    for engine in databases(kind, pair):
        with Session(engine) as session:
            asked = [{"city": town} for town in (pair.first, pair.second, pair.elsewhere)]
            near = [{"near": point} for point in points]
            found.append(
                [
                    find_services(session, "HN", (), limit=99, today=NOW.date(), **how)  # type: ignore[arg-type]
                    for how in (*asked, *near)
                ]
            )

    assert found[0] == found[1]
    secret = [each for ranked in found[0] for each in ranked if each.confidential_location]
    assert len(secret) > 50
    assert {(each.distance_km, each.town, each.address) for each in secret} == {(None, None, None)}
    assert any(each.distance_km is not None for ranked in found[0] for each in ranked)


def test_the_heading_of_a_list_does_not_put_a_secret_place_into_a_town(
    filled_engine: Engine,
) -> None:
    """Cortés is a state, and could be a town."""
    state = State(country="HN", city="Cortés", service_type="violence_shelter")

    text, _ = say(state, World(filled_engine), "find_service", "un refugio")

    assert "Un lugar seguro (Cortés)" in text
    assert "San Pedro Sula" not in text
    assert "Un lugar seguro en Cortés" not in text
