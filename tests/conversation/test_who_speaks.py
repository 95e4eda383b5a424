"""In a language that we do not speak she reads the number, and who speaks it where she is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine

from bot.conversation.dialogue import play
from bot.conversation.small_talk import talk
from bot.conversation.state import OTHER_LANGUAGES, State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import has_number, is_for_own_abroad
from bot.knowledge.schema import COUNTRY_CODES
from tests.conversation.heard import NOW
from tests.conversation.heard import text as text_of
from tests.knowledge.conftest import TODAY

FEARS = State(topic="ask_asylum")


def _told(engine: Engine, code: str, country: str | None, state: State) -> tuple[str, list[str]]:
    """What she reads, and the ids of whom it names."""
    there = state.but(country=country, here=country)
    turn = Turn("out_of_scope", today=NOW.date(), now=NOW, language=code, words=5)
    decision = play(talk, turn, there, World(engine))
    return text_of(decision), list(decision.records)


@pytest.mark.parametrize(("code", "country", "who", "number"), [
    ("quc", "GT", "gt.demi", "1529"), ("mam", "GT", "gt.demi", "1529"),
    ("kek", "GT", "gt.demi", "1529"), ("kjb", "GT", "gt.demi", "1529"),
    ("quc", "US", "us.211", "211"), ("mam", "CA", "ca.211ca", "211"),
    ("ht", "US", "us.211", "211"), ("ht", "CA", "ca.211ca", "211"),
    ("ht", "MX", "mx.embajada-ht", "55 5557 2065"), ("ht", "PA", "pa.embajada-ht", "269-3443"),
    ("ht", "DO", "do.embajada-ht", "809-686-7115"),
    ("fr", "CA", "ca.211ca", "211"), ("fr", "US", "us.211", "211"), ("pt", "US", "us.211", "211"),
])  # fmt: skip
def test_she_is_told_who_speaks_it_with_a_number(
    filled_engine: Engine, code: str, country: str, who: str, number: str
) -> None:
    text, named = _told(filled_engine, code, country, State())

    assert named == [who]
    assert re.sub(r"\D", "", number) in re.sub(r"\D", "", text)


@pytest.mark.parametrize(("code", "line"), [
    ("quc", "No sé quién habla tu idioma"), ("mam", "No sé quién habla tu idioma"),
    ("ht", "Mwen pa konnen"), ("fr", "Je ne sais pas qui parle français"),
    ("pt", "Não sei quem fala português"),
])  # fmt: skip
def test_where_nobody_is_known_that_is_said(filled_engine: Engine, code: str, line: str) -> None:
    text, named = _told(filled_engine, code, "HN", State())

    assert named == []
    assert line in text
    assert text.startswith("911")


@pytest.mark.parametrize("country", ["MX", "DO", "PA"])
def test_who_fears_her_government_is_sent_to_no_consulate(
    filled_engine: Engine, country: str
) -> None:
    text, named = _told(filled_engine, "ht", country, FEARS.but(origin="HT"))

    assert named == []
    assert "Mwen pa konnen" in text


def test_a_brazilian_is_told_of_her_consulate_and_another_who_speaks_portuguese_is_not(
    filled_engine: Engine,
) -> None:
    brazilian, other = State(origin="BR"), State(origin="AO")

    assert _told(filled_engine, "pt", "GT", brazilian)[1] == ["gt.consulado-br"]
    assert _told(filled_engine, "pt", "GT", other)[1] == []


@pytest.mark.parametrize("code", OTHER_LANGUAGES)
def test_whoever_is_named_answers_a_number_in_her_country(filled_engine: Engine, code: str) -> None:
    world = World(filled_engine)
    for country in COUNTRY_CODES:
        state = State(country=country, here=country)
        found = world.speakers(code, state, TODAY, fears=False)
        feared = world.speakers(code, state, TODAY, fears=True)
        for each in (found, feared):
            assert each is None or (has_number(each.service) and each.service.country == country)
        assert feared is None or not is_for_own_abroad(feared.service)


def test_without_a_country_nobody_is_named(filled_engine: Engine) -> None:
    text, named = _told(filled_engine, "ht", None, State())

    assert named == []
    assert say("speaks_nobody_ht", "es") in text
