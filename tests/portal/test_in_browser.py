"""The portal in Debian's chromium: the main path on a telephone and a laptop, with pictures."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.reporter import speaking
from bot.directory.reports import report_record
from bot.improving.workshop import Progress, Workshop
from bot.paths import ROOT
from bot.portal.guard import SESSION
from bot.portal.long_work import Work
from bot.portal.models import Account
from bot.portal.routes import PAGES
from bot.serve.supervisor import free_port
from bot.unanswered.looking import Looking
from tests.portal.desk import PASSWORD, TOTP, Desk
from tests.portal.test_questions import KEYS, ask
from tests.portal.test_teaching import GOOD, NEW, trained
from tests.portal.test_try import Dialogue
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures
from tests.serve.system import wait_for

pytestmark = pytest.mark.browser
MOST_FIRST = 150_000
# Bytes a second and milliseconds.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000,
           "uploadThroughput": 25_000}  # fmt: skip
MOST_SLOW_MS = 8_000
PICTURES = ROOT / "artefacts" / "portal"
FILES = ("/sheets/export", "/sheets/template", "/sheets/hsds", "/questions/proposals")
# "/code" and "/recovery" lead on who is in already, "/totp" is looked at before it is set up.
IN_A_FLOW = ("/code", "/recovery", "/totp", "/sheets/work/{name}", "/sheets/{token}",
             "/questions/teach")  # fmt: skip
FORM_AGAIN = re.compile("status of 4(01|22)")  # what is wrong stands in the form


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The portal at a port of this machine."""
    port = free_port()
    desk.site.public_url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(desk.app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for("the server", lambda: server.started)
    yield desk.site.public_url
    server.should_exit = True
    thread.join(10)


@dataclass
class Visitor:
    """One page, and what must not happen on it."""

    page: Page
    url: str
    complaints: list[str]
    foreign: list[str]

    def shot(self, name: str) -> None:
        """Where COMADRE_TEST_PICTURES is set: a picture takes longer than the page."""
        if not os.environ.get("COMADRE_TEST_PICTURES"):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def is_too_wide(self) -> bool:
        page = "document.documentElement"
        return bool(self.page.evaluate(f"{page}.scrollWidth > {page}.clientWidth"))


@contextmanager
def visit(
    opened: Browser, url: str, size: tuple[int, int], *, scripts: bool = True
) -> Iterator[Visitor]:
    context = opened.browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts,
        timezone_id="America/Tegucigalpa",
    )  # fmt: skip
    page = context.new_page()
    visitor = Visitor(page, url, [], [])
    page.on("console", lambda line: visitor.complaints.append(line.text)
            if line.type == "error" and not FORM_AGAIN.search(line.text) else None)  # fmt: skip
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    page.on("request", lambda request: visitor.foreign.append(request.url)
            if not request.url.startswith((url, "data:")) else None)  # fmt: skip
    yield visitor
    context.close()
    assert visitor.complaints == []
    assert visitor.foreign == []


def accept(desk: Desk, visitor: Visitor, link: str) -> None:
    """Whoever has that invitation is in: without the forms that lead there."""
    visitor.page.context.add_cookies(
        [{"name": SESSION, "value": desk.session(link), "url": f"{visitor.url}/portal"}]
    )
    visitor.page.goto(f"{visitor.url}/portal/")


def choose_password(page: Page) -> None:
    """On the page of her invitation."""
    page.get_by_label("Contraseña nueva", exact=True).fill(PASSWORD)
    page.get_by_label("Otra vez la contraseña nueva").fill(PASSWORD)
    page.get_by_role("button", name="Guardar y entrar").click()


def busy(desk: Desk) -> Service:
    """A place that is overdue and reported."""
    service = desk.service(id="hn.clinica-hosp-escuela")
    with transaction(desk.engine) as session:
        session.get_one(Service, service.id).as_of = "2019"
    for who in ("ana", "berta"):
        with speaking(who, "twilio sms"):
            report_record(desk.engine, service.id, desk.clock().date())
    return service


@pytest.mark.parametrize(("size", "scripts"), [
    pytest.param(NARROW, True, id="phone"), pytest.param(WIDE, False, id="laptop-no-scripts"),
])  # fmt: skip
def test_from_the_invitation_to_a_corrected_place(
    desk: Desk, browser: Browser, size: tuple[int, int], scripts: bool  # noqa: F811
) -> None:  # fmt: skip
    service = busy(desk)
    name = f"{'phone' if size == NARROW else 'laptop'}{'' if scripts else '-no-scripts'}"
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, size, scripts=scripts) as visitor:
        page = visitor.page
        page.goto(f"{url}{link}")
        choose_password(page)
        expect(page.get_by_role("heading", name="Hola, Ana")).to_be_visible()
        visitor.shot(f"home-{name}")

        item = page.locator("li.item", has_text="Mujeres que dicen").first
        item.get_by_role("link", name="Corregir").click()
        page.get_by_label("Horario, en español").fill("Lunes a viernes, de 8 a 16")
        page.get_by_label("Horario, en inglés").fill("Monday to Friday, 8 am to 4 pm")
        page.get_by_role("button", name="Ver cómo lo recibe ella").click()
        expect(page.locator(".look.sms").first).to_contain_text("Lunes a viernes, de 8 a 16")
        visitor.shot(f"place-{name}")
        page.get_by_label("Acabo de comprobarlo").check()
        page.get_by_role("button", name="Guardar").click()

        expect(page.get_by_role("status").first).to_contain_text("Guardado")
        page.get_by_role("link", name="Mi trabajo").click()
        expect(page.locator("li.item", has_text="Mujeres que dicen")).to_have_count(0)
        visitor.shot(f"done-{name}")
    assert desk.read(service.id).verified_by == "editor"


def test_she_can_look_at_the_password_that_she_writes_and_it_is_hidden_again(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        page.goto(f"{url}{link}")
        field = page.get_by_label("Contraseña nueva", exact=True)
        field.fill(PASSWORD)
        expect(field).to_have_attribute("type", "password")

        page.get_by_role("button", name="Mostrar lo que escribo").first.click()
        expect(field).to_have_attribute("type", "text")
        expect(field).to_have_value(PASSWORD)
        assert not visitor.is_too_wide()
        page.get_by_role("button", name="Ocultar lo que escribo").click()
        expect(field).to_have_attribute("type", "password")

        page.get_by_role("button", name="Mostrar lo que escribo").first.click()
        page.get_by_label("Otra vez la contraseña nueva").fill(PASSWORD)
        page.evaluate("document.forms[document.forms.length - 1].addEventListener("
                      "'submit', (sent) => { sent.preventDefault(); })")  # fmt: skip
        page.get_by_role("button", name="Guardar y entrar").click()
        expect(field).to_have_attribute("type", "password")  # no list of words written before


def walked() -> list[str]:
    """Every page that an administrator reads; those that nobody reads so have a flow of their own,
    in which they are looked at. A page that is added later is among them by itself."""
    return [
        path for path, _, access in PAGES
        if "GET" in access.methods and "administrator" in access.roles
        and not path.startswith(FILES) and path not in IN_A_FLOW
    ]  # fmt: skip


def test_no_page_is_wider_than_a_telephone_nor_closed_to_a_screen_reader(
    desk: Desk, browser: Browser, axe: Axe, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    service = busy(desk)
    desk.site.assistant = Dialogue(desk.site.world)
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    ask(desk, 12, "clases de piscina")
    desk.site.workshop = Workshop(tmp_path)
    desk.site.workshop.put_inputs("f")
    trained(desk.site.workshop, replace(NEW, figures={**GOOD, "danger": 96.0}))
    desk.site.workshop.put_progress(Progress("training", 40, 3))
    link = desk.invite("administrator", "Clara")
    desk.invite("editor", "Sara", country="HN")
    wrong: list[str] = []
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        desk.site.accounts.keep_totp(1, None)
        page.goto(f"{url}/portal/")
        _look(visitor, axe, "totp", wrong)
        desk.site.accounts.keep_totp(1, TOTP)
        said = page.request.get(f"{url}/portal/statements").text().split("/portal/statements/")[2]
        of = {"statements": said.split(chr(34))[0]}
        for path in walked():
            page.goto(
                f"{url}/portal"
                + path.format(record_id=of.get(path.split("/")[1], service.id), id=2)
            )
            _look(visitor, axe, re.sub(r"\W+", "-", path).strip("-") or "home", wrong)

    assert wrong == []


def test_what_is_refused_and_a_bar_that_moves_are_open_to_a_screen_reader_too(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    may_end = threading.Event()
    link, wrong = desk.invite("editor", country="HN"), list[str]()
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/of.nobody")
        expect(page.get_by_role("heading", name="Aquí no se puede pasar")).to_be_visible()
        _look(visitor, axe, "refused", wrong)
        assert all("404" in each for each in visitor.complaints)
        visitor.complaints.clear()  # the browser's own line for every page that is not there
        work = Work(_only_account(desk), "import", 8, done=3)
        name = desk.site.works.start(work, lambda _: "imported" if may_end.wait(60) else "failed")
        page.goto(f"{url}/portal/sheets/work/{name}")
        expect(page.get_by_text("3 de 8")).to_be_visible()
        _look(visitor, axe, "bar", wrong)
        may_end.set()
        expect(page.get_by_role("status")).to_contain_text("Cambios hechos", timeout=60_000)
    assert wrong == []


def _only_account(desk: Desk) -> int:
    with Session(desk.engine) as session:
        return session.scalars(select(Account.id)).one()


def test_the_first_page_and_my_work_are_light_with_all_that_they_bring(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    """Whatever the browser fetches for them, on a slow line and with nothing kept from before."""
    busy(desk)
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        fetched: dict[str, int] = {}
        visitor.page.on("response", lambda each: fetched.update({each.url: len(each.body())}))
        visitor.page.goto(f"{url}/portal/login")
        visitor.page.wait_for_load_state("networkidle")
        assert {"login", "portal.css", "portal.js"} <= {each.rsplit("/", 1)[-1] for each in fetched}
        assert sum(fetched.values()) < MOST_FIRST
        accept(desk, visitor, link)
        fetched.clear()
        visitor.page.goto(f"{url}/portal/")
        visitor.page.wait_for_load_state("networkidle")
        assert 0 < sum(fetched.values()) < MOST_FIRST


def test_my_work_comes_within_seconds_on_a_slow_line(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    """Slow 3G as chromium's own tools have it, with nothing kept from before."""
    busy(desk)
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        accept(desk, visitor, link)
        line = visitor.page.context.new_cdp_session(visitor.page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.send("Network.emulateNetworkConditions", SLOW_3G)
        visitor.page.goto(f"{url}/portal/", wait_until="load")
        took = visitor.page.evaluate("performance.getEntriesByType('navigation')[0].duration")

    assert SLOW_3G["latency"] < took < MOST_SLOW_MS, f"{took:.0f} ms"


def _look(visitor: Visitor, axe: Axe, name: str, wrong: list[str]) -> None:  # noqa: F811
    if visitor.is_too_wide():
        wrong.append(f"{name}: wider than the screen")
    wrong += [f"{name}: {each}" for each in axe.serious(visitor.page)]
    visitor.shot(f"admin-{name}")


def test_hours_are_ticked_and_sent_with_the_keyboard_alone(
    desk: Desk, browser: Browser  # noqa: F811
) -> None:  # fmt: skip
    service = desk.service()
    with transaction(desk.engine) as session:  # which never closes, as the files have it
        record = session.get_one(Service, service.id)
        record.hours_es, record.hours_en, record.schedules = None, None, []
    link = desk.invite("contributor", "Berta", organization_id=service.organization_id)
    with served(desk) as url, visit(browser, url, WIDE) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.goto(f"{url}/portal/services/{service.id}")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()

        page.get_by_text("Escribir el horario con días y horas").press("Enter")
        row = page.locator("fieldset.when").last
        for day in ("lunes", "martes", "miércoles", "sábado"):
            row.get_by_label(day, exact=True).press("Space")
        row.get_by_label("Abre").press_sequentially("0800AM")
        row.get_by_label("Cierra").press_sequentially("0500PM")
        row.get_by_label("Cierra").press("Enter")  # sends the form
        expect(page.get_by_role("status").first).to_contain_text("Guardado")
    assert desk.read(service.id).hours_en == "Monday to Wednesday and Saturday, 8 am to 5 pm"
