"""A question about a passport goes to another office than one about papers in general."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.directory.found import is_reachable
from bot.knowledge.asked import read_asked
from bot.knowledge.content import country_record
from bot.knowledge.library import Library, opened
from bot.knowledge.matters import matters
from bot.knowledge.next_step import Question, next_step
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from tests.conftest import ON_SQLITE
from tests.knowledge.conftest import TODAY


@pytest.fixture
def library(filled_engine: Engine) -> Iterator[Library]:
    with Session(filled_engine) as session:
        yield opened(session)


def named(library: Library, text: str, intent: str, country: str, style: str = "web") -> str | None:
    question = Question(intent, country, "es", TODAY, asked=read_asked(text), style=style)
    found = next_step(library, question, topics()[intent], None)
    return found.id if found else None


@ON_SQLITE
def test_whoever_is_named_for_a_matter_can_be_reached(library: Library) -> None:
    for country in COUNTRY_CODES:
        for matter, service in country_record(country).matters.items():
            found = library.found[service] if hasattr(library, "found") else None
            assert matter in matters()
            assert found is None or is_reachable(found), (country, matter, service)


@pytest.mark.parametrize("topic", [t for each in matters().values() for t in each.topics])
def test_a_matter_counts_beside_topics_that_exist(topic: str) -> None:
    assert topic in topics()
