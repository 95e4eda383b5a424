"""More of the back office in chromium: a text that was missing, its year more, one device signed
out, and a keyboard that never loses sight of where it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.knowledge.models import Statement
from bot.unanswered.looking import Looking
from tests.portal.desk import Desk
from tests.portal.test_flows_in_browser import button, says, sign_in, sound
from tests.portal.test_in_browser import accept, busy, served, visit
from tests.portal.test_questions import KEYS, ask
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser
TAB_STOPS = 90
# At once: the page jumps to what the keyboard stands on, and nothing on it moves by itself.
COVERED = """() => {
  const on = document.activeElement, bar = document.querySelector(".acts.sticky");
  if (!on || on === document.body || on.closest(".sticky, .skip, .top")) return "";
  const box = () => on.getBoundingClientRect();
  const middle = () => box().top + Math.min(box().height, 44) / 2;
  const under = () => {
    const over = bar && bar.getBoundingClientRect();
    return over && middle() > over.top && middle() < over.bottom;
  };
  const seen = () => middle() >= 0 && middle() <= innerHeight && !under();
  return seen() ? "" : `${on.tagName} ${on.id || on.name || on.textContent.trim().slice(0, 30)}`;
}"""


def test_a_text_that_was_missing_is_written_shown_and_holds_a_year_more(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    desk.site.questions = Looking(desk.engine, KEYS, 10, desk.clock)
    ask(desk, 12, "clases de piscina")
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        page.get_by_role("link", name=re.compile("no hubo respuesta")).click()
        button(page, "Falta un texto: escribirlo")
        expect(page.get_by_role("alert")).to_contain_text("Elige primero el tema")
        sound(visitor, axe, "question-without-topic")
        page.locator("select[name=topic]").first.select_option("ask_education")
        button(page, "Falta un texto: escribirlo")
        page.get_by_label("Qué es").select_option(label="institución")
        page.locator("#f-text_es").fill("En las piscinas de Tegucigalpa hay clases gratis.")
        page.locator("#f-text_en").fill("The pools of Tegucigalpa have free classes.")
        page.locator("#f-asked_es").fill("hay clases de piscina")
        page.locator("#f-asked_en").fill("are there swimming classes")
        page.get_by_label("Dirección de la página").fill("https://piscinas.example/clases")
        page.get_by_label("Título de la página").fill("Clases")
        page.get_by_label("Quién lo publica").fill("Alcaldía")
        sound(visitor, axe, "new-text")
        button(page, "Guardar")
        button(page, "Mostrar a las mujeres")
        says(page, "Guardado")
        with transaction(desk.engine) as session:
            said = session.scalars(
                select(Statement).where(Statement.text_es.contains("piscinas de Tegucigalpa"))
            ).one()
            assert said.status == "published"
            said.valid_until = desk.clock().date() + timedelta(days=9)
            said_id = said.id

        page.goto(f"{url}/portal/")
        row = page.locator("li.item", has_text="piscinas de Tegucigalpa").first
        row.get_by_role("button", name=re.compile("un año más", re.I)).click()
        says(page, "Guardado")
        sound(visitor, axe, "a-year-more")
    with Session(desk.engine) as session:
        until = session.get_one(Statement, said_id).valid_until
        assert until is not None
        assert until > desk.clock().date() + timedelta(days=360)


def test_one_device_is_signed_out_and_the_others_stay(
    desk: Desk, browser: Browser, axe: Axe  # noqa: F811
) -> None:  # fmt: skip
    link = desk.invite("editor", country="HN")
    with served(desk) as url, visit(browser, url, NARROW) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        with visit(browser, url, WIDE) as laptop:
            sign_in(laptop.page, url, "ana@red.example")
            expect(laptop.page.get_by_role("heading", name="Hola, Ana")).to_be_visible()

            page.goto(f"{url}/portal/account")
            expect(page.get_by_text("este aparato")).to_have_count(1)
            sound(visitor, axe, "sessions")
            button(page, "Cerrar")
            expect(page.get_by_role("button", name="Cerrar")).to_have_count(0)
            laptop.page.goto(f"{url}/portal/")
            expect(laptop.page.get_by_role("heading", name="Entrar")).to_be_visible()
        page.goto(f"{url}/portal/")
        expect(page.get_by_role("heading", name="Hola, Ana")).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "laptop"])
def test_what_the_keyboard_stands_on_is_never_under_the_bar_that_saves(
    desk: Desk, browser: Browser, size: tuple[int, int]  # noqa: F811
) -> None:  # fmt: skip
    service = busy(desk)
    link = desk.invite("editor", country="HN")
    covered: list[str] = []
    with served(desk) as url, visit(browser, url, size) as visitor:
        page = visitor.page
        accept(desk, visitor, link)
        for path in ("", f"services/{service.id}", "statements/new"):
            page.goto(f"{url}/portal/{path}")
            for _ in range(TAB_STOPS):
                page.keyboard.press("Tab")
                if hidden := page.evaluate(COVERED):
                    covered.append(f"{path}: {hidden}")
    assert covered == []
