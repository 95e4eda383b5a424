"""A preview is headed as the conversation heads it, for every kind of place in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.conversation.services import list_services
from bot.conversation.state import State, Turn
from bot.conversation.wording import LANGUAGES, say
from bot.conversation.world import World
from bot.directory.found import FoundService, describe, told_as
from bot.directory.models import Service
from bot.portal.preview import preview
from tests.conftest import ON_SQLITE
from tests.portal.desk import NOW, Desk

TODAY = NOW.date()


def one_of_each_kind(engine: Engine) -> Iterator[FoundService]:
    """Of every country the first of each kind, with a town and without."""
    seen = set()
    with Session(engine) as session:
        for each in session.scalars(select(Service).order_by(Service.id)):
            found = describe(each, None, TODAY)
            like = (found.country, told_as(found), bool(found.town))
            if like not in seen:
                seen.add(like)
                yield found


def headings(texts: list[str]) -> list[str]:
    """The lines that end with a colon: before that of a refuge may stand one that tells nothing."""
    return [line for text in texts for line in text.split("\n") if line.endswith(":")]


@ON_SQLITE
def test_every_kind_of_place_is_headed_as_in_the_conversation(filled_engine: Engine) -> None:
    world, kinds = World(filled_engine), set()
    for service in one_of_each_kind(filled_engine):
        kind, looks = told_as(service), preview(world, service)
        for language in LANGUAGES:
            state = State(language=language, country=service.country, here=service.country,
                          city=service.town, service_type=kind)  # fmt: skip
            told = list_services(Turn("find_service", TODAY), state, world)
            look = next(each for each in looks if each.language == language)
            shown = headings([each.text for each in look.messages])[-1]
            assert shown.startswith(say(f"type_{kind}", language)), (service.id, shown)
            if service.id in told.records:
                assert shown in headings([each.text for each in told.replies]), service.id
                kinds.add((kind, language))
    assert len(kinds) > 8 * len(LANGUAGES), kinds


@pytest.mark.parametrize(("language", "named"), [
    ("es", "Consulado en Benque Viejo del Carmen, Belice:"),
    ("en", "Consulate in Benque Viejo del Carmen, Belize:"),
])  # fmt: skip
def test_a_consulate_that_gives_papers_as_well_is_headed_as_a_consulate(
    desk: Desk, language: str, named: str
) -> None:
    """Whoever asks for papers is told of the offices where she is, never of a consulate."""
    service = desk.service(id="bz.consulado-gt-benque", country="BZ")
    assert [each.type for each in service.types] == ["consulate", "documents"]

    worker = desk.editor(country="BZ").open(f"/portal/services/{service.id}")

    assert named in worker.words
    assert "Documentos en" not in worker.words
    assert "Documents in" not in worker.words
