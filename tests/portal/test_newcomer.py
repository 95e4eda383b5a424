"""What a newcomer meets on her first day: nothing that alarms her, sums that add up, ways back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bot.portal.site import Visit
from bot.unanswered.looking import Looking
from tests.portal.desk import PASSWORD, Desk
from tests.portal.test_flows_in_browser import sound
from tests.portal.test_in_browser import accept, busy, served, visit
from tests.portal.test_questions import KEYS, ask
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures


def test_who_has_just_come_in_is_not_warned_of_herself(desk: Desk) -> None:
    worker = desk.newcomer("editor", country="HN")
    assert "Hace poco, en tu cuenta" not in worker.open("/portal/").words
    assert "Con tu invitación se abrió la cuenta" in worker.open("/portal/account").words

    boss = desk.worker("administrator", "Clara").open("/portal/people")
    boss.send("/people/1", do="link")
    link = re.search(r"/portal/invitation/[\w-]+", boss.text)
    assert link
    again = desk.browser().open(link[0])
    again.send(again.path, password=f"{PASSWORD} otra", again=f"{PASSWORD} otra")

    assert "Con un enlace se puso una contraseña nueva" in again.open("/portal/account").words
    assert "Hace poco, en tu cuenta" in again.open("/portal/").words


def test_my_work_adds_up_and_shows_no_place_twice(desk: Desk) -> None:
    service = busy(desk)  # overdue, and reported too
    worker = desk.editor().open("/portal/")

    tiles = re.search(r'<ul class="counts">(.*?)</ul>', worker.text, re.S)
    waits = re.search(r"Esto espera por ti: (\d+)", worker.words)
    assert tiles
    assert waits
    numbers = [int(each) for each in re.findall(r"<strong>(\d+)</strong>", tiles[1])]
    assert sum(numbers[:-1]) == int(waits[1])  # the last one is all places
    assert int(waits[1]) > 20
    assert "No tiene que ser todo hoy" in worker.words  # with ten minutes a week
    assert worker.text.count(f'<h3><a href="/portal/services/{service.id}"') == 1
    anchors = re.findall(r'href="#(\w+)"', worker.text)
    assert [each for each in anchors if f'id="{each}"' not in worker.text] == []


def test_who_forgot_the_topic_of_a_question_is_told_beside_it(desk: Desk) -> None:
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    ask(desk, 12, "clases de piscina")
    editor = desk.editor().open("/portal/questions")
    assert "¿Qué hace cada botón?" in editor.words

    editor.send("/questions/decide", do="teach")

    assert editor.status == 422
    assert "Elige primero el tema" in editor.words
    assert "Aquí no se puede pasar" not in editor.words
    editor.send("/questions/decide", topic="ask_education", do="teach")
    assert editor.path == "/portal/questions/teach"


def test_a_form_that_is_no_longer_valid_is_no_closed_door(desk: Desk) -> None:
    editor = desk.editor().open("/portal/services/new")
    editor._read(editor.client.post("/portal/services/new", data={"csrf": "old"}))

    assert editor.status == 403
    assert "Esto no se hizo" in editor.words
    assert "Aquí no se puede pasar" not in editor.words
    assert "Aquí no se puede pasar" in editor.open("/portal/people").words


@pytest.mark.browser
def test_pages_that_are_not_there_and_that_broke_are_pages_too(
    desk: Desk, browser: Browser, axe: Axe,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/no-such-page")
        expect(page.get_by_role("heading", name="Aquí no hay nada")).to_be_visible()
        sound(visitor, axe, "lost")

        def broken(self: Visit, *_: object, **__: object) -> None:
            raise ValueError("what she wrote")

        with monkeypatch.context() as patch:
            patch.setattr(Visit, "page", broken)
            page.goto(f"{url}/portal/services")
        expect(page.get_by_role("heading", name="Algo falló")).to_be_visible()
        assert "what she wrote" not in page.content()
        sound(visitor, axe, "broken")
        page.get_by_role("link", name="Ir a mi trabajo").click()
        expect(page.get_by_role("heading", name="Hola, Ana")).to_be_visible()
        assert all(re.search("status of (404|500)", each) for each in visitor.complaints)
        visitor.complaints.clear()  # the browser's own lines for them


@pytest.mark.browser
def test_an_invitation_asks_only_for_what_that_role_needs(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    link = desk.invite("administrator", "Clara")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/people")
        organization = page.get_by_label("Organización (si es colaboradora)")
        country = page.get_by_label("País (si es editora)")
        expect(organization).to_be_visible()
        expect(country).to_be_hidden()

        page.get_by_label("Editora: cuida un país").check()
        expect(organization).to_be_hidden()
        page.get_by_label("Nombre").fill("Berta")
        page.get_by_label("Correo").fill("berta@red.example")
        country.select_option(label="Honduras")
        sound(visitor, axe, "invite")
        page.get_by_role("button", name="Invitar a alguien").click()
        expect(page.get_by_role("status")).to_contain_text("Envíale este enlace")
        sound(visitor, axe, "invited")
        address = page.get_by_label("Envíale este enlace").input_value()
        berta = page.locator("li.item", has_text="berta@red.example")
        berta.get_by_role("button", name="Cerrar la cuenta").click()
        with visit(browser, url, NARROW) as nobody:
            nobody.page.goto(address)
            expect(nobody.page.get_by_text("Editora: cuida un país")).to_have_count(0)
            nobody.complaints.clear()  # the browser's own line for a link that opens nothing
        berta.get_by_role("button", name="Abrir la cuenta otra vez").click()
        berta.get_by_role("button", name="Enlace para contraseña nueva").click()
        address = page.get_by_label("Envíale este enlace").input_value()
        with visit(browser, url, NARROW) as newcomer:
            newcomer.page.goto(address)
            expect(newcomer.page.get_by_text("Editora: cuida un país")).to_contain_text("Honduras")


def test_who_has_no_account_is_not_sent_to_her_work(desk: Desk) -> None:
    """A shelter opens a link of last year: there is no work of hers behind it."""
    stranger = desk.browser().open("/portal/still-true/of.last.year")
    assert "Pide otro a la red" in stranger.words
    assert "Ir a mi trabajo" not in stranger.words


@pytest.mark.parametrize(
    "begins", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.4", b"\xff\xd8\xff"]
)
def test_an_old_excel_a_pdf_and_a_photo_are_told_what_they_are(desk: Desk, begins: bytes) -> None:
    worker = desk.contributor(desk.service()).open("/portal/sheets")

    worker.send("/sheets", files={"sheet": ("hoja.xls", begins + b"\0" * 99, "application/x")})

    assert "ábrelo y guárdalo como XLSX o CSV" in worker.words
    assert "no tiene los títulos" not in worker.words
