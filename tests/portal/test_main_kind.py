"""What a place is above all: the kind of help that heads it in every list, which she chooses."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.directory.schema import SERVICE_TYPES
from tests.portal.desk import Desk, Worker


def kinds(desk: Desk, service_id: str) -> list[str]:
    return [each.type for each in desk.read(service_id).types]


def out_of_order(desk: Desk) -> Service:
    """A place whose kinds do not stand in the order of the form's boxes, and no consulate, which is
    always told as one."""
    with Session(desk.engine) as session:
        wanted = select(Service).filter_by(country="HN", confidential_location=False)
        for each in session.scalars(wanted.order_by(Service.id)):
            found = [SERVICE_TYPES.index(kind.type) for kind in each.types]
            if found != sorted(found) and all(kind.type != "consulate" for kind in each.types):
                return desk.read(each.id)
    raise AssertionError("every place has its kinds in the form's order")


def at(desk: Desk, service: Service) -> Worker:
    return desk.editor().open(f"/portal/services/{service.id}")


def test_saving_a_place_as_it_was_changes_no_kind_of_help(desk: Desk) -> None:
    """The boxes stand in an order of their own; a consulate became an office for papers."""
    service = out_of_order(desk)
    before = kinds(desk, service.id)
    worker = at(desk, service)

    worker.send(worker.path, do="save")

    assert kinds(desk, service.id) == before
    assert "Todavía no ha cambiado nada" in worker.open(
        f"/portal/records/{service.id}/history").words  # fmt: skip


def test_she_chooses_what_a_place_is_above_all_and_the_preview_begins_with_it(desk: Desk) -> None:
    service = out_of_order(desk)
    before = kinds(desk, service.id)
    worker = at(desk, service)

    worker.send(worker.path, main_type="food", do="preview")
    assert "Comida en " in worker.words
    worker.send(worker.path, do="save")

    # Choosing it ticks it; the others stand as before.
    assert kinds(desk, service.id) == ["food", *(each for each in before if each != "food")]


def test_who_takes_the_main_tick_out_need_not_choose_another(desk: Desk) -> None:
    service = out_of_order(desk)
    first, *rest = kinds(desk, service.id)
    worker = at(desk, service)

    worker.send(worker.path, service_types=rest, do="save")

    assert kinds(desk, service.id) == rest
    assert first not in rest


def test_a_new_place_without_a_choice_is_what_is_ticked_first(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    assert worker.forms()[-1]["fields"]["main_type"] == [""]

    worker.send(worker.path, name="Casa Nueva Aurora", organization="Casa Aurora",
                service_types=["food", "hygiene"], phone_1="2234-5679", city="Choloma",
                description_es="Comida caliente.", description_en="A hot meal.",
                for_whom_es="Mujeres", for_whom_en="Women", do="save")  # fmt: skip

    assert kinds(desk, worker.path.split("/")[-1]) == ["food", "hygiene"]


def test_a_kind_that_is_none_is_refused_at_its_field(desk: Desk) -> None:
    service = out_of_order(desk)
    worker = at(desk, service)

    worker.send(worker.path, main_type="palace", do="save")

    assert worker.status == 422
    assert kinds(desk, service.id) == [each.type for each in service.types]
