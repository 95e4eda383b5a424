"""Ten minutes a week on a small telephone, by somebody whom nobody has shown anything: what she
wrote is not lost, a wrong tap is taken back, and every message says what happened to what."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, expect
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.directory.reporter import speaking
from bot.directory.reports import report_record
from bot.directory.sheet import write_csv
from bot.directory.sheet_export import sheet_rows
from bot.knowledge.history import By, edit
from bot.knowledge.trust import Hidden
from bot.portal.audit import note
from bot.portal.guard import SESSION
from bot.portal.sessions import open_session
from tests.portal.desk import Desk, Worker
from tests.portal.test_flows_in_browser import button, menu, says, sound
from tests.portal.test_in_browser import accept, busy, served, visit
from tests.portal.test_texts_and_sheets import statement
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures

AN_HOUR_LATER = "const now = Date.now; Date.now = () => now() + 3_600_000;"
TOPS = """() => [...new Set([...document.querySelectorAll(".top nav a, .top nav summary")]
  .filter(each => each.checkVisibility())
  .map(each => Math.round(each.getBoundingClientRect().top)))].length"""
HEAD = "document.querySelector('.top').getBoundingClientRect().height"
SIDEWAYS = """() => [...document.querySelectorAll("main *")]
  .filter(each => each.scrollWidth > each.clientWidth + 1
    && ["auto", "scroll"].includes(getComputedStyle(each).overflowX)).length"""
NEW = {"name": "Casa Esperanza", "organization": "Casa Esperanza del Sur", "city": "Choluteca",
       "service_types": ["food"], "description_es": "Comida.", "description_en": "Food.",
       "for_whom_es": "Todas", "for_whom_en": "Everybody", "phone_1": "3345-1234"}  # fmt: skip


def hidden(desk: Desk, service: Service) -> list[str]:
    with Session(desk.engine) as session:
        return [each.number for each in session.query(Hidden).filter_by(record_id=service.id)]


def at(desk: Desk, service: Service) -> Worker:
    return desk.editor().open(f"/portal/services/{service.id}")


@pytest.mark.browser
@pytest.mark.parametrize("role", ["contributor", "editor", "administrator", "analyst"])
def test_the_menu_is_one_row_and_the_rest_of_it_opens(
    desk: Desk, browser: Browser, axe: Axe, role: str  # noqa: F811
) -> None:  # fmt: skip
    more = {"contributor": {"organization_id": desk.service().organization_id},
            "editor": {"country": "HN"}}.get(role, {})  # fmt: skip
    link = desk.invite(role, **more)
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        assert page.evaluate(TOPS) == 1
        assert page.evaluate(HEAD) < 120
        if role != "analyst":
            page.locator(".more summary").click()
            sound(visitor, axe, f"menu-{role}")
            page.keyboard.press("Escape")
            expect(page.locator(".more a").last).to_be_hidden()
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        assert page.evaluate(TOPS) == 1
        assert page.evaluate(HEAD) < 80
        expect(page.locator(".more summary")).to_be_visible(visible=role == "administrator")


@pytest.mark.browser
def test_without_scripts_the_menu_opens_too(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW, scripts=False) as visitor:
        accept(desk, visitor, link)
        menu(visitor.page, "Hojas de cálculo")
        expect(visitor.page.get_by_role("heading", name="1. Baja la hoja")).to_be_visible()


@pytest.mark.browser
def test_what_she_wrote_is_not_lost_with_a_tap_on_the_menu_nor_with_her_session(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service, asked = desk.service(), list[str]()
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/{service.id}")

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        menu(page, "Textos")
        assert asked == []  # nothing was written
        page.goto(f"{url}/portal/services/{service.id}")
        page.get_by_label("Qué ofrece, en español").press_sequentially("Nuevo. ")
        page.get_by_role("link", name="Textos", exact=True).first.click(no_wait_after=True)
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        expect(page.get_by_label("Qué ofrece, en español")).to_have_value(re.compile("Nuevo"))
        # She telephoned with the place meanwhile, and her session ended.
        desk.clock.pass_by(hours=13)
        page.evaluate(AN_HOUR_LATER)
        button(page, "Guardar")
        gone = page.get_by_role("alert").filter(has_text="Tu sesión terminó")
        expect(gone.get_by_role("link", name="Entrar en otra pestaña")).to_be_visible()
        sound(visitor, axe, "session-ended")
        expect(page.get_by_label("Qué ofrece, en español")).to_have_value(re.compile("Nuevo"))
        token = open_session(desk.engine, 1, "Firefox, Linux", desk.clock(), is_whole=True)
        page.context.add_cookies([{"name": SESSION, "value": token, "url": f"{url}/portal"}])
        button(page, "Guardar")
        says(page, "Guardado")
        assert asked == ["beforeunload"]


@pytest.mark.browser
def test_a_row_of_hours_without_a_day_says_so_and_all_of_them_is_seen(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service = desk.service()
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/{service.id}")
        page.get_by_role("link", name="Horario", exact=True).click()
        page.get_by_text("Escribir el horario con días y horas").click()
        row = page.locator("fieldset.when").last
        row.get_by_label("24 horas").check()
        button(page, "Guardar")
        expect(page.get_by_role("alert")).to_contain_text("por lo menos un día")
        sound(visitor, axe, "hours-no-day")
        page.get_by_role("checkbox", name="24 horas", checked=True).last.uncheck()
        box = page.get_by_label("Horario, en español")
        assert box.evaluate("each => each.scrollWidth <= each.clientWidth")
        box.fill("Lunes, de 8 a 17;\nsábado, de 8 a 12")
        page.get_by_label("Horario, en inglés").fill("Monday, 8 am to 5 pm")
        button(page, "Guardar")
        says(page, "Guardado")
    assert desk.read(service.id).hours_es == "Lunes, de 8 a 17; sábado, de 8 a 12"


@pytest.mark.browser
def test_the_link_is_found_at_the_top_and_copied_with_a_tap(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    service = desk.service()
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/{service.id}")
        page.get_by_role("link", name="Preguntar a quien lo atiende").click()
        button(page, "Copiar")
        expect(page.get_by_text("Copiado.")).to_be_visible()
        sound(visitor, axe, "link-copied")
        kept = page.evaluate("navigator.clipboard.readText()")
        assert kept == page.get_by_label("Enlace").input_value()


@pytest.mark.browser
def test_no_list_of_an_administrator_scrolls_sideways(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    link, guest = desk.invite("administrator", "Clara"), desk.invite("analyst", "Elsa")
    note(desk.engine, desk.clock().replace(hour=3, minute=30), None, "signed_in")
    place = desk.service().id
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/audit")
        assert page.evaluate(SIDEWAYS) == 0
        late = page.get_by_text("24 nov 2026, 21:30")
        expect(late).to_have_attribute("title", "2026-11-25, 03:30 UTC")
        sound(visitor, axe, "audit")
        edit(desk.engine, place, {"name": "Casa Luna"}, By("editor", desk.clock().replace(hour=3)))
        page.goto(f"{url}/portal/records/{place}/history")
        expect(page.get_by_text("24 de noviembre de 2026")).to_have_text("24 de noviembre de 2026")
        page.goto(f"{url}/portal/account")
        expect(
            page.get_by_text(re.compile("25 de noviembre de 2026.* 09:00")).first
        ).to_be_visible()
        page.goto(f"{url}/portal/settings?country=HN#price")
        page.get_by_label("Lo que cuesta una parte").fill("unos 6 centavos")
        button(page, "Poner este precio")
        expect(page.get_by_role("alert")).to_contain_text("no se guardó todavía")
        assert page.evaluate(SIDEWAYS) == 0
        sound(visitor, axe, "settings")
        page.context.clear_cookies()
        accept(desk, visitor, guest)
        expect(page.get_by_role("heading", name="Lo que hay, por país")).to_be_visible()
        assert page.evaluate(SIDEWAYS) == 0
        named = page.get_by_role("cell", name=re.compile("atrasado: "))
        expect(named.first).to_be_visible()  # in each country's card
        sound(visitor, axe, "overview")


def test_a_place_hidden_by_a_wrong_tap_is_shown_again_with_the_next(desk: Desk) -> None:
    service = busy(desk)
    worker = desk.editor().open("/portal/")
    worker.send(f"/{service.id}/hide")
    name = desk.read(service.id).name
    assert f"Oculto hasta que alguien lo compruebe. {name}" in worker.words
    assert len(hidden(desk, service)) == 1

    worker.send("/show-again")

    assert f"Otra vez se muestra, como antes. {name}" in worker.words
    assert hidden(desk, service) == []
    assert desk.read(service.id).verified_by is None  # nobody has checked it


def test_what_many_women_reported_or_another_hid_stays_hidden(desk: Desk) -> None:
    service = busy(desk)
    worker = desk.editor().open("/portal/")
    worker.send(f"/{service.id}/hide")
    other = desk.editor("Sara").open(worker.path)
    number = hidden(desk, service)[0]
    again = f"/portal/records/{service.id}/show-again"
    assert other.send_bare(again, number=number).status == 409

    with speaking("carla", "twilio sms"):
        report_record(desk.engine, service.id, desk.clock().date())
    assert worker.send_bare(again, number=number).status == 409
    assert "varias mujeres avisaron" in worker.words
    assert number in hidden(desk, service)


def test_a_tap_on_what_another_hid_gives_no_right_to_show_it(desk: Desk) -> None:
    service = busy(desk)
    other = desk.editor("Sara").open("/portal/")
    other.send(f"/{service.id}/hide")
    number = hidden(desk, service)[0]
    worker = desk.editor().open("/portal/")
    worker.send_bare(f"/portal/records/{service.id}/hide", number=number)  # hidden already
    again = f"/portal/records/{service.id}/show-again"
    assert worker.send_bare(again, number=number).status == 409
    assert hidden(desk, service) == [number]


def test_one_hiding_is_taken_back_once_and_no_other_number(desk: Desk) -> None:
    service = busy(desk)
    worker = desk.editor().open("/portal/")
    worker.send(f"/{service.id}/hide")
    number = hidden(desk, service)[0]
    again = f"/portal/records/{service.id}/show-again"
    worker.send_bare(again, number=number)
    assert hidden(desk, service) == []

    desk.editor("Sara").open("/portal/").send(f"/{service.id}/hide")
    assert worker.send_bare(again, number=number).status == 409  # an old page, tapped once more
    assert hidden(desk, service) == [number]


def test_still_true_says_of_what(desk: Desk) -> None:
    service = busy(desk)
    worker = desk.editor().open("/portal/")
    worker.send(f"/{service.id}/still-true")

    assert f"queda comprobado hoy. {desk.read(service.id).name}" in worker.words


def test_saved_and_shown_are_told_apart(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    assert "una editora lo revisa" not in worker.words  # she is one
    worker.send(worker.path, do="save", **NEW)
    assert "las mujeres no lo ven todavía" in worker.words
    worker.send("/publication", publication="published")
    assert "desde ahora se muestra a las mujeres" in worker.words
    worker.send("/publication", publication="withdrawn")
    assert "ya no se muestra a las mujeres" in worker.words

    there = desk.read(worker.path.split("/")[-1])
    contributor = desk.contributor(there).open("/portal/services/new")
    assert "una editora lo revisa" in contributor.words
    contributor.send(contributor.path, do="save", **NEW)
    assert "Todavía no se guardó" in contributor.words  # it looks like the one that is there
    contributor.send(contributor.path, do="save", even_so="yes")
    assert "cuando una editora lo haya revisado" in contributor.words


def test_a_place_without_a_phone_says_how_to_ask_it(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    worker.send(worker.path, do="save", **NEW | {"phone_1": "", "url": "www.casa-esperanza.hn"})

    assert desk.read(worker.path.split("/")[-1]).url == "https://www.casa-esperanza.hn"
    assert (
        'href="https://www.casa-esperanza.hn"' in worker.open("/portal/services?q=casa+esper").text
    )


def test_a_number_of_which_two_figures_were_forgotten_is_no_short_one(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    worker.send(worker.path, do="save", **NEW | {"phone_1": "3345 12"})

    assert worker.status == 422
    assert "no conocemos el número corto" in worker.words


def test_a_search_that_finds_nothing_has_a_way_back(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services?q=zzzz")
    assert "No hay nada así" in worker.words
    assert '<a href="/portal/services">Ver todos los lugares' in worker.text
    assert "No hay nada así" in worker.open("/portal/statements?q=zzzz").words


def test_a_text_whose_change_waits_says_so(desk: Desk) -> None:
    record = statement(desk, second=True)
    worker = desk.editor().open(f"/portal/statements/{record.id}")
    assert "espera a otra persona" not in worker.words

    worker.send(worker.path, text_es=f"{record.text_es} Hoy.", do="save")

    assert "Tú propusiste este cambio" in worker.open(worker.path).words


def test_sheets_of_one_day_are_told_apart(desk: Desk) -> None:
    with Session(desk.engine) as session:
        found = session.query(Service).filter_by(country="HN", confidential_location=False)
        rows = sheet_rows(found.order_by(Service.id).limit(2))
    assert rows[0]["organization_kind"] in ("ong", "gobierno", "iglesia", "internacional")
    changed = [row | {"hours_es": "Diario", "hours_en": "Daily"} for row in rows]
    worker = desk.editor()
    for some in (changed[:1], changed):
        worker.open("/portal/sheets").send(
            "/sheets", files={"sheet": ("a.csv", write_csv(some), "text/csv")}
        )
        worker.send(worker.path)
        desk.clock.pass_by(minutes=40)

    assert "25 de noviembre de 2026, 15:40 UTC · lugares: 1" in worker.words
    assert '<time datetime="2026-11-25T15:40Z" data-month="long">' in worker.text
    assert "15:00 UTC · lugares: 1" in worker.words


def test_an_organisation_is_found_by_its_name_alone(desk: Desk) -> None:
    worker = desk.editor().open("/portal/services/new")
    worker.send(worker.path, do="save", **NEW)
    boss = desk.worker("administrator", "Clara").open("/portal/people")

    boss.send("/people", name="Marta", email="marta@casa.example", role="contributor",
              organization="Una que no está")  # fmt: skip
    assert boss.status == 422
    boss.send("/people", name="Marta", email="marta@casa.example", role="contributor",
              organization="casa esperanza del sur")  # fmt: skip

    assert boss.status == 200
    assert "Envíale este enlace" in boss.words
    assert "Colaboradora" in boss.open("/portal/audit").words
    assert "contributor" not in boss.words


def test_a_worker_reads_no_name_of_a_setting(desk: Desk) -> None:
    worker = desk.editor()
    for path in ("questions", "reminders", "try", "sheets", ""):
        assert "COMADRE_" not in worker.open(f"/portal/{path}").words, path
        assert "se encienden" not in worker.words, path
    assert "Los correos se encienden" in desk.worker("administrator", "Eva").open(
        "/portal/reminders").words  # fmt: skip
