"""The list of places, searched by name: as people type it, a page at a time, each her own."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from bot.database import migrate, open_engine, transaction, unmigrate
from bot.directory.models import Service, searched
from bot.knowledge.history import By, edit
from bot.portal import services
from tests.conftest import ON_BOTH, NewUrl
from tests.portal.desk import NOW, Desk, Worker, on_both

NAME = "Clínica Ñandú, A.C. (Móvil)"
ADMINISTRATOR = "administrator"


@pytest.fixture
def place(desk: Desk) -> str:
    """One place of Honduras with a name that no other has."""
    found = desk.service().id
    with transaction(desk.engine) as session:
        session.get_one(Service, found).name = NAME
    return found


def listed(worker: Worker, asked: str, more: str = "") -> list[str]:
    """The ids of a page, in its order."""
    page = worker.open(f"/portal/services?q={asked}{more}")
    assert page.status == 200, page.words
    return list(dict.fromkeys(re.findall(r"/portal/services/([a-z][\w.-]+\.[\w.-]+)", page.text)))


def total(worker: Worker) -> int:
    found = re.search(r"Lugares: (\d+)", worker.words)
    assert found
    return int(found[1])


@on_both
def test_a_place_is_found_as_people_type_its_name(desk: Desk, place: str) -> None:
    editor = desk.editor()

    for typed in (
        "Clínica Ñandú",
        "clinica nandu",
        "NANDÚ",
        "andu, a.c",
        "nandu+a+c+movil",
        "%C3%B1and",
    ):
        assert listed(editor, typed) == [place], typed
    assert place in listed(editor, place)  # its id
    assert place in listed(editor, place.rpartition(".")[2][:6])


@on_both
def test_a_place_is_found_by_words_spelled_nearly_so_and_by_what_it_offers(
    desk: Desk, place: str
) -> None:
    edit(desk.engine, place, {"description_es": "Parteras y kinesiólogas"}, By("editor", NOW))
    editor = desk.editor()

    for typed in ("nandu clinica", "clinica nandi", "clinca nandu", "kinesiologa", "kinesiologsa"):
        assert place in listed(editor, typed), typed


def test_every_place_of_hers_is_read_for_words_that_are_nearly_so(desk: Desk, place: str) -> None:
    """Once the first five thousand alone were read: an editor of eight thousand was shown a tenth
    of what there was, as if it were all."""
    asked: list[str] = []

    @event.listens_for(desk.engine, "before_cursor_execute")
    def keep(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    assert listed(desk.editor(), "clinca nandu") == [place]

    reading = [each for each in asked if "description_en" in each.partition("FROM")[0]
               and "hours" not in each]  # fmt: skip
    assert len(reading) == 1
    assert "LIMIT" not in reading[0]


@on_both
def test_what_no_place_says_finds_nothing(desk: Desk, place: str) -> None:
    editor = desk.editor()

    for typed in ("nandu xylofon", "ceibal nandu", "xqz"):
        assert listed(editor, typed) == [], typed


@on_both
def test_a_search_for_nothing_is_the_whole_list(desk: Desk) -> None:
    editor = desk.editor()
    listed(editor, "")
    every = total(editor)

    for typed in ("+", "¡!", "..."):
        listed(editor, typed)
        assert total(editor) == every


@on_both
def test_the_pages_of_a_search_together_are_what_was_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = desk.editor()
    listed(editor, "a")
    many = total(editor)
    monkeypatch.setattr(services, "PAGE", 7)

    pages = [listed(editor, "a", f"&page={each}") for each in range(1, -(-many // 7) + 1)]

    assert {len(each) for each in pages[:-1]} == {7}
    assert len({each for page in pages for each in page}) == sum(map(len, pages)) == many


@on_both
def test_whoever_searches_finds_only_her_own(desk: Desk, place: str) -> None:
    mine = desk.read(place)
    other = desk.service(country="BZ")

    assert listed(desk.editor("Berta", "BZ"), "nandu") == []
    assert listed(desk.worker(ADMINISTRATOR, "Eva"), "nandu") == [place]
    assert listed(desk.contributor(mine, "Clara"), "nandu") == [place]
    assert listed(desk.contributor(other, "Dora"), "nandu") == []


@on_both
def test_a_name_that_would_give_a_secret_place_away_finds_nothing(desk: Desk, place: str) -> None:
    with transaction(desk.engine) as session:
        secret = session.get_one(Service, place)
        for each in secret.locations:
            each.city = each.address_1 = each.latitude = each.longitude = None
            each.location_type, each.precision = "virtual", None
        secret.confidential_location, secret.name = True, "Refugio Luz de Choloma"
    editor = desk.editor()

    assert place not in listed(editor, "choloma")
    assert place not in listed(editor, "luz")  # the whole name is not told
    assert place not in listed(editor, place)

    with transaction(desk.engine) as session:
        session.get_one(Service, place).name = "Refugio Luz"
    assert listed(editor, "refugio luz") == [place]


@on_both
def test_a_new_name_is_found_from_the_next_search_on(desk: Desk, place: str) -> None:
    editor = desk.editor()

    edit(desk.engine, place, {"name": "Casa Ceibal"}, By("editor", NOW))

    assert listed(editor, "ceibal") == [place]
    assert listed(editor, "nandu") == []
    with Session(desk.engine) as session:
        for each in session.scalars(select(Service)):
            assert each.searched == searched(each.name, each.id)


@pytest.mark.parametrize("kind", ON_BOTH, indirect=True)
def test_names_that_were_there_before_are_found_after_the_update(
    desk: Desk, kind: str, new_database_url: NewUrl
) -> None:
    url = desk.engine.url.render_as_string(hide_password=False)
    desk.engine.dispose()
    copy = new_database_url(kind, like=url)

    unmigrate(copy, "0014")
    engine = open_engine(copy)
    with engine.begin() as connection:
        connection.execute(text("UPDATE service SET name = 'Clínica Ñandú' WHERE country = 'HN'"))
    engine.dispose()
    migrate(copy)

    engine = open_engine(copy)
    with Session(engine) as session:
        rows = session.scalars(select(Service)).all()
    engine.dispose()
    assert {each.searched for each in rows} == {searched(each.name, each.id) for each in rows}
