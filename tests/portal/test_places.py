"""My work today, the list of places, editing, preview, history, the link without an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.shown import described
from bot.conversation.world import World
from bot.database import transaction
from bot.directory.models import Service
from bot.directory.reporter import speaking
from bot.directory.reports import report_record
from bot.directory.search import find_service
from bot.knowledge.history import versions
from bot.knowledge.lifecycle import stage
from bot.portal.service_form import cells_of, judge
from tests.portal.desk import NOW, Desk, on_both

TODAY = NOW.date()
TOWN_THAT_MUST_NOT_SHOW = "Choloma"


def make_overdue(desk: Desk, service_id: str) -> None:
    with transaction(desk.engine) as session:
        session.get_one(Service, service_id).as_of = "2020"


def other_organization(desk: Desk, than: str) -> str:
    with Session(desk.engine) as session:
        wanted = select(Service).where(Service.organization_id != than, Service.country == "HN")
        return session.scalars(wanted.order_by(Service.id)).first().id  # type: ignore[union-attr]  # there are dozens


@on_both
def test_one_tap_on_my_work_makes_an_overdue_place_fresh(desk: Desk) -> None:
    service = desk.service()
    make_overdue(desk, service.id)
    worker = desk.contributor(service).open("/portal/")
    assert "Toca comprobar" in worker.words

    worker.send(f"/records/{service.id}/still-true")

    assert worker.path == "/portal/"
    assert "queda comprobado hoy" in worker.words
    now = desk.read(service.id)
    assert now.verified_by == "organization"
    assert stage(now, now.publication, TODAY) == "published"


@on_both
def test_what_women_reported_is_on_top_and_solved_with_one_tap(desk: Desk) -> None:
    service = desk.service()
    for who in ("ana", "berta"):
        with speaking(who, "twilio sms"):
            report_record(desk.engine, service.id, TODAY)
    worker = desk.editor().open("/portal/")
    assert "Mujeres avisan" in worker.words
    assert "no sirve: 2" in worker.words

    worker.send(f"/records/{service.id}/still-true")

    assert "Mujeres avisan" not in worker.words


def test_a_number_of_an_emergency_line_is_never_hidden(desk: Desk) -> None:
    worker = desk.editor().open("/portal/")

    worker.send_bare("/portal/records/hn.911/hide", number="911")

    assert worker.status == 409
    with Session(desk.engine) as session:
        assert find_service(session, "hn.911", TODAY)


@on_both
def test_hiding_a_place_keeps_it_from_women_until_it_is_checked(desk: Desk) -> None:
    service = desk.service(id="hn.clinica-hosp-escuela")
    worker = desk.editor().open("/portal/")
    worker.send_bare(f"/portal/records/{service.id}/hide")
    assert worker.status == 200, worker.words
    with Session(desk.engine) as session:
        assert find_service(session, service.id, TODAY) is None
    assert "Está oculto hasta que alguien lo compruebe" in worker.open("/portal/reports").words

    worker.send(f"/records/{service.id}/still-true")

    with Session(desk.engine) as session:
        assert find_service(session, service.id, TODAY) is not None


@pytest.mark.parametrize("what", ["", "/publication"])
def test_another_organisations_place_is_refused(desk: Desk, what: str) -> None:
    mine = desk.service()
    foreign = other_organization(desk, mine.organization_id)
    before = desk.read(foreign)
    worker = desk.contributor(mine).open("/portal/")

    assert worker.open(f"/portal/services/{foreign}").status == 403
    worker.open("/portal/")
    for path in (f"/services/{foreign}", f"/services/{foreign}/publication",
                 f"/records/{foreign}/still-true", f"/records/{foreign}/hide",
                 f"/records/{foreign}/restore"):  # fmt: skip
        worker.open("/portal/")
        assert worker.send_bare(f"/portal{path}", publication="withdrawn").status == 403, path

    assert desk.read(foreign).publication == before.publication
    assert desk.read(foreign).verified_at == before.verified_at
    assert foreign not in worker.open("/portal/services").text


@on_both
def test_an_editor_of_one_country_has_no_say_in_another(desk: Desk) -> None:
    service = desk.service()
    worker = desk.editor(country="BZ")

    assert worker.open(f"/portal/services/{service.id}").status == 403
    worker.open("/portal/")
    assert worker.send_bare(f"/portal/records/{service.id}/still-true").status == 403


@on_both
def test_the_list_is_filtered_by_kind_town_and_freshness(desk: Desk) -> None:
    service = desk.service()
    make_overdue(desk, service.id)
    worker = desk.editor()

    assert service.id in worker.open("/portal/services?fresh=overdue").text
    assert service.id not in worker.open("/portal/services?fresh=published").text
    kind = service.types[0].type
    assert service.id in worker.open(f"/portal/services?type={kind}&q={service.name[:12]}").text
    worker.open("/portal/services?town=tegucigalpa")
    assert worker.status == 200
    assert int(re.search(r"Lugares: (\d+)", worker.words)[1]) > 0  # type: ignore[index]  # else it fails


@on_both
def test_a_changed_phone_is_saved_checked_and_can_be_brought_back(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service).open(f"/portal/services/{service.id}")
    before = [each.display for each in service.phones]

    worker.send(worker.path, phone_1="2234-5678", checked="yes", do="save")

    assert "Guardado" in worker.words, worker.words
    now = desk.read(service.id)
    assert now.phones[0].display == "2234-5678"
    assert now.phones[0].number == "+50422345678"
    assert now.verified_by == "organization"
    worker.open(f"/portal/records/{service.id}/history")
    assert "2234-5678" in worker.words

    worker.send("/restore", number="0")

    assert [each.display for each in desk.read(service.id).phones] == before


def test_a_change_alone_is_no_check(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service).open(f"/portal/services/{service.id}")

    worker.send(worker.path, phone_1="2234-5678", do="save")

    assert desk.read(service.id).phones[0].display == "2234-5678"
    assert desk.read(service.id).verified_at is None


def test_what_cannot_be_right_is_named_at_its_field_and_nothing_is_saved(desk: Desk) -> None:
    service = desk.service()
    worker = desk.editor().open(f"/portal/services/{service.id}")

    worker.send(worker.path, phone_1="12", city="Ciudad Inventada", name="", do="save")

    assert worker.status == 422
    assert "Ciudad Inventada" in worker.words
    assert 'aria-invalid="true"' in worker.text
    assert desk.read(service.id).name == service.name


@on_both
def test_the_preview_is_what_she_would_be_told_and_saves_nothing(desk: Desk) -> None:
    service = desk.service()
    worker = desk.editor().open(f"/portal/services/{service.id}")
    with Session(desk.engine) as session:
        told = find_service(session, service.id, TODAY)
        assert told
    bubbles = unescape(worker.text)
    assert described(told, "es") in bubbles
    assert described(told, "en") in bubbles
    assert "partes de SMS" in worker.words

    worker.send(worker.path, hours_es="Solo martes de 3 a 4", hours_en="Only Tuesday 3 to 4",
                do="preview")  # fmt: skip

    assert worker.status == 200
    assert "Todavía no está guardado" in worker.words
    assert worker.words.count("Solo martes de 3 a 4") >= 3
    assert desk.read(service.id).hours_es == service.hours_es
    with Session(desk.engine) as session:
        assert versions(session, service.id) == []


def open_at_eleven(desk: Desk, service_id: str) -> list[bool | None]:
    """Whether a woman in Honduras hears "open now" on a Wednesday and on a Saturday."""
    with Session(desk.engine) as session:
        told = find_service(session, service_id, TODAY)
    assert told
    days = (datetime(2026, 11, 25, 17, tzinfo=UTC), datetime(2026, 11, 28, 17, tzinfo=UTC))
    return [World(desk.engine).is_open(told, now) for now in days]


def test_changed_hours_are_believed_at_once_and_the_form_says_how_they_are_understood(
    desk: Desk,
) -> None:
    worker = desk.editor().open("/portal/services/hn.inm")
    assert "«abierto ahora» así: lunes a viernes 07:00–17:00" in worker.words
    assert open_at_eleven(desk, "hn.inm") == [True, False]
    hours = {"hours_es": "Sábado, de 8 a 12", "hours_en": "Saturday, 8 am to 12 pm"}

    worker.send(worker.path, **hours, do="preview")
    assert "«abierto ahora» así: sábado 08:00–12:00" in worker.words
    assert open_at_eleven(desk, "hn.inm") == [True, False]

    worker.send(worker.path, **hours, do="save")
    assert open_at_eleven(desk, "hn.inm") == [False, True]
    worker.open("/portal/records/hn.inm/history")
    assert "Para «abierto ahora»" in worker.words

    worker.send("/restore", number="0")
    assert open_at_eleven(desk, "hn.inm") == [True, False]


def test_hours_that_are_not_understood_say_so_beside_the_field(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/hn.inm")

    worker.send(worker.path, hours_es="Casi siempre", hours_en="Nearly always", do="save")

    assert "no sabe cuándo está abierto" in worker.open("/portal/services/hn.inm").words
    assert open_at_eleven(desk, "hn.inm") == [None, None]


def test_who_saves_over_somebody_elses_change_is_told(desk: Desk) -> None:
    service = desk.service()
    first = desk.editor().open(f"/portal/services/{service.id}")
    second = desk.worker("administrator", "Clara").open(f"/portal/services/{service.id}")
    second.send(second.path, hours_es="Lunes", hours_en="Monday", do="save")

    first.send(first.path, hours_es="Martes", hours_en="Tuesday", do="save")

    assert first.status == 409
    assert "Otra persona cambió esto" in first.words
    assert "Martes" in first.text
    assert "lo cambiaron las dos personas; ahora dice: horario (español) : Lunes" in first.words
    assert desk.read(service.id).hours_es == "Lunes"


def test_what_the_other_changed_and_she_did_not_touch_stays_changed(desk: Desk) -> None:
    service = desk.service()
    first = desk.editor().open(f"/portal/services/{service.id}")
    second = desk.worker("administrator", "Clara").open(f"/portal/services/{service.id}")
    kinds = ["food", *(each.type for each in service.types)]
    second.send(second.path, hours_es="Lunes", hours_en="Monday", service_types=kinds, do="save")

    first.send(first.path, for_whom_es="Todas", for_whom_en="All women", do="save")
    assert first.status == 409
    assert "lo cambiaron las dos" not in first.words
    first.send(first.path, do="save")

    saved = desk.read(service.id)
    assert (saved.hours_es, saved.for_whom_es) == ("Lunes", "Todas")
    assert {each.type for each in saved.types} == set(kinds)


NEW = {
    "name": "Casa Nueva Aurora", "service_types": ["food"], "description_es": "Comida caliente.",
    "description_en": "A hot meal.", "for_whom_es": "Mujeres", "for_whom_en": "Women",
    "phone_1": "2234-5679", "city": "Choloma", "do": "save",
}  # fmt: skip


@on_both
def test_a_contributors_new_place_waits_for_an_editor(desk: Desk) -> None:
    service = desk.service()
    worker = desk.contributor(service).open("/portal/services/new")

    worker.send(worker.path, **NEW)

    assert "Guardado como borrador" in worker.words, worker.words
    new_id = worker.path.split("/")[-1]
    assert desk.read(new_id).organization_id == service.organization_id
    with Session(desk.engine) as session:
        assert find_service(session, new_id, TODAY) is None
    worker.send_bare(f"/portal/services/{new_id}/publication", publication="published")
    assert worker.status == 403

    editor = desk.editor().open("/portal/")
    editor.send(f"/services/{new_id}/publication")

    with Session(desk.engine) as session:
        assert find_service(session, new_id, TODAY)


@on_both
def test_a_contributor_cannot_publish_by_bringing_a_version_back(desk: Desk) -> None:
    service = desk.service()
    editor = desk.editor().open(f"/portal/services/{service.id}")
    editor.send(editor.path, hours_es="Diario", hours_en="Daily", do="save")
    editor.send("/publication", publication="withdrawn")
    worker = desk.contributor(service).open(f"/portal/records/{service.id}/history")

    worker.send("/restore", number="0")

    assert desk.read(service.id).publication == "withdrawn"
    assert desk.read(service.id).hours_es == service.hours_es
    with Session(desk.engine) as session:
        last = versions(session, service.id)[-1]
        assert (last.action, last.after and last.after["publication"]) == ("restored", "withdrawn")
        assert last.before
        assert last.before["publication"] == "withdrawn", "told for a moment in between"


def test_a_version_that_is_not_kept_any_more_cannot_come_back_and_that_is_said(desk: Desk) -> None:
    service = desk.service()
    editor = desk.editor().open(f"/portal/services/{service.id}")
    editor.send(editor.path, hours_es="Diario", hours_en="Daily", do="save")
    editor.open(f"/portal/records/{service.id}/history").send("/restore", number="7")

    assert editor.status == 404
    assert "Esa versión ya no se puede traer de vuelta" in editor.words
    assert "No se cambió nada" in editor.words
    assert desk.read(service.id).hours_es == "Diario"


@on_both
def test_a_place_that_looks_like_another_is_asked_about(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    worker.send(worker.path, organization="Red Aurora", **NEW)
    assert worker.status == 200, worker.words

    worker.open("/portal/services/new").send("/services/new", organization="Red Aurora", **NEW)
    assert worker.status == 422
    assert "Se parece a un lugar que ya está" in worker.words
    worker.send("/services/new", even_so="yes", do="save")

    assert "Guardado como borrador" in worker.words


@on_both
def test_two_of_name_phone_and_place_look_alike_and_one_of_them_does_not(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    worker.send(worker.path, organization="Red Aurora", **NEW)
    for like, status in (
        ({"name": "Otra casa"}, 422),  # the same phone in the same town
        ({"name": str(NEW["name"]).upper(), "city": "Tela", "state": "Atlántida"}, 422),
        ({"name": "Otra casa", "city": "Tela", "state": "Atlántida"}, 200),  # the phone alone
        ({"name": "Tercera casa", "phone_1": "2232 1111"}, 200),  # the town alone
        ({"name": f"{NEW['name']} 2", "phone_1": "2232 2222"}, 200),  # it begins alike
    ):
        worker.open("/portal/services/new")
        row = NEW | like | {"do": "preview"}
        worker.send("/services/new", organization="Red Aurora", **row)
        assert worker.status == status, (like, worker.words)


@on_both
def test_making_a_place_secret_erases_where_it_is_everywhere(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    place = {"address": "Calle Tres 45", "organization": "Red Aurora"}
    worker.send(worker.path, **NEW | place)
    path = worker.path
    assert TOWN_THAT_MUST_NOT_SHOW in worker.text

    worker.send(path, secret="yes", do="save")  # noqa: S106 - a tick in a box

    assert "Guardado" in worker.words, worker.words
    record_id = path.split("/")[-1]
    service = desk.read(record_id)
    assert service.confidential_location
    assert service.locations[0].city is None
    boss = desk.worker("administrator", "Clara")
    for where in (path, f"/portal/records/{record_id}/history", "/portal/", "/portal/services",
                  "/portal/services?q=aurora", "/portal/sheets/export"):  # fmt: skip
        for reader in (worker, boss):
            # A line a record: other places of that town may be named.
            lines = reader.open(where).text.splitlines()
            own = lines if record_id in where else [each for each in lines if "Aurora" in each]
            assert TOWN_THAT_MUST_NOT_SHOW not in "".join(own), where
            assert "Calle Tres" not in "".join(lines), where
    assert record_id not in worker.open(f"/portal/services?town={TOWN_THAT_MUST_NOT_SHOW}").text


def test_a_secret_place_takes_no_text_that_names_its_town(desk: Desk) -> None:
    service = desk.service(confidential_location=True)
    worker = desk.editor().open(f"/portal/services/{service.id}")

    worker.send(worker.path, description_es="Un refugio en Choloma.",
                description_en="A refuge in Choloma.", do="save")  # fmt: skip

    assert worker.status == 422
    assert "dice dónde está un lugar secreto" in worker.words
    assert desk.read(service.id).description_es == service.description_es


def test_a_secret_place_cannot_be_made_public_nor_given_a_town(desk: Desk) -> None:
    service = desk.service(confidential_location=True)
    worker = desk.editor().open(f"/portal/services/{service.id}")

    worker.send(worker.path, secret="no", city="Choloma", address="Calle 1", do="save")  # noqa: S106

    now = desk.read(service.id)
    assert now.confidential_location
    assert all(each.city is None and each.address_1 is None for each in now.locations)


def link_of(desk: Desk, service_id: str) -> str:
    worker = desk.worker("editor", "Elena", country="HN").open(f"/portal/services/{service_id}")
    return unescape(re.search(r'value="http://testserver(/portal/still-true/[^"]+)"',
                              worker.text)[1])  # type: ignore[index]  # fmt: skip  # else it fails


@on_both
def test_the_organisation_confirms_by_its_link_without_an_account(desk: Desk) -> None:
    service = desk.service()
    link = link_of(desk, service.id)
    worker = desk.browser().open(link)
    assert desk.read(service.id).verified_at is None, "opening a link must change nothing"

    worker.send(link, do="true")

    assert "Gracias" in worker.words
    assert desk.read(service.id).verified_by == "organization"
    assert "Ya se comprobó" in desk.browser().open(link).words


@on_both
def test_a_slip_on_the_link_is_taken_back_by_the_link_and_only_for_a_while(desk: Desk) -> None:
    """Her link was spent by the wrong button, and she could not say any more what had changed."""
    service = desk.service()
    link = link_of(desk, service.id)
    worker = desk.browser().open(link).send(link, do="true")

    worker.send(link, do="undo")

    assert "no quedó anotado nada" in worker.words
    assert desk.read(service.id).verified_at == service.verified_at
    worker.send(link, note="Cerramos los lunes", do="changed")
    assert "La red lo lee" in worker.words
    worker.open(link).send(link, do="true")
    desk.clock.pass_by(minutes=16)
    assert "sin querer" not in worker.open(link).words
    assert "ya no se puede deshacer" in worker.send_bare(link, do="undo").words
    assert desk.read(service.id).verified_by == "organization"


def test_a_link_does_not_take_back_what_the_network_checked(desk: Desk) -> None:
    service = desk.service()
    link = link_of(desk, service.id)
    editor = desk.editor().open("/portal/")
    editor.send_bare(f"/portal/records/{service.id}/still-true", back="/portal/services")

    stranger = desk.browser().open(link)

    assert "sin querer" not in stranger.words
    assert "ya no se puede" in stranger.send_bare(link, do="undo").words
    assert desk.read(service.id).verified_by == "editor"


def test_the_organisation_tells_by_its_link_what_changed(desk: Desk) -> None:
    service = desk.service()
    worker = desk.browser().open(link_of(desk, service.id))

    worker.send(worker.path, note="", do="changed")
    assert worker.status == 422
    worker.send(worker.path, note="Ahora <b>cerramos</b> los lunes", do="changed")

    assert "La red lo lee" in worker.words
    editor = desk.editor().open("/portal/")
    assert "Ahora <b>cerramos</b> los lunes" in editor.words
    assert "<b>cerramos" not in editor.text
    editor.send(f"/proposals/{1}", do="accept")
    assert "cerramos" not in editor.words


def test_a_changed_or_old_link_opens_nothing(desk: Desk) -> None:
    link = link_of(desk, desk.service().id)

    assert desk.browser().open(link[:-3] + "abc").status == 404


def test_every_page_speaks_english_too(desk: Desk) -> None:
    service = desk.service()
    worker = desk.worker("administrator", "Clara").open("/portal/language/en?from=/portal/")
    spanish = ("Guardar", "Lugares", "Sigue igual", "Contraseña", "Ayuda", "Avisos", "Fuente")
    pages = ("/", "/services", "/services/new", f"/services/{service.id}", "/reports", "/sheets",
             "/statements", "/statements/new", "/questions", "/people", "/account",
             f"/records/{service.id}/history")  # fmt: skip

    for page in pages:
        words = worker.open(f"/portal{page}").words
        assert worker.status == 200
        assert [each for each in spanish if each in words.split("Letter by letter")[0]] == [], page


def numbers(desk: Desk, service_id: str) -> list[str]:
    return [each.display for each in desk.read(service_id).phones]


def test_the_third_number_of_a_line_is_seen_and_corrected(desk: Desk) -> None:
    """A woman is told it, so whoever looks after the place must be able to mend it."""
    service = desk.service(id="hn.conadeh")
    assert numbers(desk, service.id) == ["132", "2220-7648", "9581-1846"]
    with speaking("ana", "twilio sms"):
        report_record(desk.engine, service.id, TODAY)
    editor = desk.editor().open(f"/portal/services/{service.id}")
    assert "A las mujeres no se les dice este número" in editor.words  # of 132
    assert editor.words.count("Mujeres avisaron que este número no sirve") == 1

    editor.send(editor.path, do="save")
    with Session(desk.engine) as session:
        assert versions(session, service.id) == []  # nothing was changed

    editor.open(editor.path).send(editor.path, do="save", phone_3="no tiene")
    assert editor.status == 422
    assert "Teléfono 3" in editor.words
    editor.send(editor.path, do="save", phone_3="9581-1840", phone_4="2220-7649")
    assert numbers(desk, service.id) == ["132", "2220-7648", "9581-1840", "2220-7649"]
    assert desk.read(service.id).phones[1].label_es == "dato antiguo, confirma"

    editor.send(editor.path, do="save", phone_3="")
    assert numbers(desk, service.id) == ["132", "2220-7648", "2220-7649"]


def test_a_report_leads_to_the_numbers_of_the_place(desk: Desk) -> None:
    service = desk.service()
    with speaking("ana", "twilio sms"):
        report_record(desk.engine, service.id, TODAY)

    queue = desk.editor().open("/portal/reports").text

    assert f'href="/portal/services/{service.id}#part-reach"' in queue


def test_saving_any_place_of_a_country_as_it_stands_changes_nothing(desk: Desk) -> None:
    """Some boxes are of no sheet; none may change what was not touched."""
    with Session(desk.engine) as session:
        places = session.scalars(select(Service).order_by(Service.id)).all()
        changed = {
            each.id: entry.changes or entry.wrong
            for each in places
            if (entry := judge(session, cells_of(each), each)).changes or entry.wrong
        }
    assert changed == {}
