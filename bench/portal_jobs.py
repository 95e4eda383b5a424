"""`python -m bench.portal_jobs`: the five commonest jobs of the back office in a real browser.

Taps and letters typed are counted, seconds are those of the machine alone (pages and server, in
chromium on a telephone's screen). Beside them stands what a person would need by the keystroke
level model (Card, Moran, Newell 1980): 0.28 s a letter, 1.2 s to point and tap, 1.35 s to think
before each tap. That is a model's figure: nobody was watched.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Locator, Page, expect, sync_playwright
from sqlalchemy.orm import Session

from bench.portal_docs import keep, machine
from bot.database import migrate, open_engine
from bot.portal.reminders import link_to
from tests.portal.conftest import two_countries
from tests.portal.desk import PASSWORD, Desk
from tests.portal.test_in_browser import busy, served
from tests.serve.chat import NARROW

LETTER_S, TAP_S, THOUGHT_S = 0.28, 1.2, 1.35
CHROMIUM = "/usr/bin/chromium"


@dataclass
class Hand:
    """One person's taps and letters."""

    page: Page
    taps: int = 0
    letters: int = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()

    def write(self, what: Locator, text: str) -> None:
        self.taps += 1
        self.letters += len(text)
        what.fill(text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def label(self, name: str) -> Locator:
        return self.page.get_by_label(name).first

    def says(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("status").first).to_contain_text(words, timeout=60_000)


def still_true(hand: Hand) -> None:
    """A place that is due is as it was."""
    hand.tap(hand.page.locator("section#late button.main").first)
    hand.says("queda comprobado")


def wrong_number(hand: Hand) -> None:
    """Women reported a number: the new one is written."""
    item = hand.page.locator("li.item", has_text="Mujeres que dicen").first
    hand.tap(item.get_by_role("link", name="Corregir"))
    hand.write(hand.page.locator("#f-phone_1"), "2232 2322")
    hand.tap(hand.label("Acabo de comprobarlo"))
    hand.tap(hand.button("Guardar"))
    hand.says("Guardado")


def new_hours(hand: Hand) -> None:
    """The hours of a place, in both languages, by days that are ticked and times."""
    hand.tap(hand.page.get_by_role("link", name="Lugares", exact=True))
    hand.tap(hand.page.locator("ul.list h2 a").first)
    hand.tap(hand.page.get_by_text("Escribir el horario con días y horas"))
    row = hand.page.locator("fieldset.when").last
    for day in ("lunes", "martes", "miércoles", "jueves", "viernes"):
        hand.tap(row.get_by_label(day, exact=True))
    hand.write(row.get_by_label("Abre"), "08:00")
    hand.write(row.get_by_label("Cierra"), "17:00")
    hand.tap(hand.button("Guardar"))
    hand.says("Guardado")


def a_text(hand: Hand) -> None:
    """A text gets another sentence in both languages."""
    hand.tap(hand.page.get_by_role("link", name="Textos", exact=True))
    hand.tap(hand.page.locator("ul.list a").first)
    hand.write(hand.page.locator("#f-text_es"), "Lleva tu pasaporte o tu cédula.")
    hand.write(hand.page.locator("#f-text_en"), "Bring your passport or identity card.")
    hand.tap(hand.page.locator("button[value=save]"))
    hand.says(re.compile("Guardado|Enviado"))  # by whether a second person must read it


def by_link(hand: Hand) -> None:
    """An organisation answers the link that it got, without an account."""
    hand.tap(hand.button("Sí, sigue igual"))
    hand.says("Quedó anotado")


JOBS: tuple[Callable[[Hand], None], ...] = (still_true, wrong_number, new_hours, a_text, by_link)


def main() -> None:
    """A Markdown table to stdout, and figures for bench.portal_docs."""
    run: dict[str, Any] = machine() | {"jobs": []}
    with tempfile.TemporaryDirectory(prefix="comadre-jobs-") as folder, sync_playwright() as play:
        url = f"sqlite:///{Path(folder) / 'portal.db'}"
        migrate(url)
        engine = open_engine(url)
        two_countries(engine)
        desk = Desk.open(engine)
        service = busy(desk)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(desk) as base:
            page = browser.new_page(viewport=dict(zip(("width", "height"), NARROW, strict=True)))
            visitor = SimpleNamespace(page=page, url=base)
            _sign_in(visitor, desk.invite("editor", country="HN"))
            print("| job | taps | letters | seconds, machine | seconds, by the model |")
            print("|---|---|---|---|---|")
            for job in JOBS:
                if job is by_link:
                    with Session(desk.engine) as session:
                        record = session.get_one(type(service), _other(desk))
                        page.goto(link_to(desk.site.secrets, base, record))
                else:
                    page.goto(f"{base}/portal/")
                hand, started = Hand(page), time.perf_counter()
                job(hand)
                seconds = time.perf_counter() - started
                model = hand.letters * LETTER_S + hand.taps * (TAP_S + THOUGHT_S)
                print(f"| {job.__doc__} | {hand.taps} | {hand.letters} | {seconds:.1f} | "
                      f"{model:.0f} |", flush=True)  # fmt: skip
                run["jobs"].append(
                    {"job": job.__doc__, "taps": hand.taps, "letters": hand.letters,
                     "machine_s": round(seconds, 2), "model_s": round(model, 2)}
                )  # fmt: skip
        browser.close()
        engine.dispose()
    keep("jobs", run | {"load_after": round(os.getloadavg()[0], 1)})


def _sign_in(visitor: SimpleNamespace, link: str) -> None:
    page = visitor.page
    page.set_default_timeout(60_000)
    page.goto(f"{visitor.url}{link}")
    page.get_by_label("Contraseña nueva", exact=True).fill(PASSWORD)
    page.get_by_label("Otra vez la contraseña nueva").fill(PASSWORD)
    page.get_by_role("button", name="Guardar y entrar").click()


def _other(desk: Desk) -> str:
    """A place that nobody has touched in the other jobs."""
    return desk.service(country="BZ").id


if __name__ == "__main__":
    main()
