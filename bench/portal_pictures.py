"""`python -m bench.portal_pictures`: the main pages of the back office as pictures, on a
telephone's screen (360 px) and a wide one (1280 px), into docs/images/portal. Names of pictures
after it: those alone.

Whoever changes a page looks at them before and after; docs/portal.md shows them. The texts are
those that are shipped; places, organisations, telephone numbers and people are invented: no true
place may stand in a picture as reported or overdue.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import migrate, open_engine, transaction
from bot.directory.models import Organization, Service
from bot.directory.text import fold
from bot.improving.workshop import Workshop
from bot.knowledge.models import Statement
from bot.knowledge.sources import put_sources
from bot.paths import ROOT
from bot.portal.recovery import new_codes
from bot.portal.settings_page import blocks
from bot.settings import read_settings
from tests.portal.conftest import two_countries
from tests.portal.desk import Desk
from tests.portal.test_in_browser import busy, served
from tests.portal.test_teaching import trained

TO = ROOT / "docs" / "images" / "portal"
SIZES = {"360": (360, 780), "1280": (1280, 800)}
TALLEST = 1_600  # pixels of a page that are kept: its beginning tells how it looks
MOST_BYTES = 1_500_000  # of all of them
CHROMIUM = "/usr/bin/chromium"
# The bar that saves stands at the bottom of a screen: on a whole page it would cover its middle.
FLOW = "for (const bar of document.querySelectorAll('.sticky')) bar.style.position = 'static';"
BOTH = ("home", "place", "text", "people")  # of the others the wide screen alone is shown
# The rows of hours are folded in, far down in a long form.
HOURS = ("hours", "editor", "360", "#part-when")
_SOURCE = {"url": "https://red.example/lugares", "title": "Lugares", "publisher": "Red de ejemplo"}
_HOUSES = ("Casa Luna", "Centro Ceiba", "Clínica Río", "Red Puente", "Oficina Maíz", "Albergue Sol")


def invent(desk: Desk) -> None:
    """Other names and numbers for whatever could be called or visited."""
    with transaction(desk.engine) as session:
        for n, owner in enumerate(session.scalars(select(Organization))):
            owner.name = f"Red de ejemplo {n + 1}"
        for n, service in enumerate(session.scalars(select(Service).order_by(Service.id))):
            service.name = f"{_HOUSES[n % len(_HOUSES)]} {n // len(_HOUSES) + 1}"
            service.searched = f"{fold(service.name)}\n{fold(service.id)}"
            service.email = service.url = service.whatsapp = None
            for each in service.locations:
                each.address_1 = None
            put_sources(session, service.id, [_SOURCE])
            for number, phone in enumerate(service.phones):
                phone.number = f"+504220{n % 100:02}{number % 10}00"
                phone.display = f"220{n % 10}-{n // 10 % 100:02}{number % 10}0"


def pages(desk: Desk, service: Service) -> Iterator[tuple[str, str, str]]:
    """Name of the picture, role of who looks, address."""
    with Session(desk.engine) as session:
        wanted = select(Statement.id).where(Statement.country == "HN").order_by(Statement.id)
        text = session.scalars(wanted.limit(1)).one()
    yield "home", "editor", "/"
    yield "places", "editor", "/services"
    yield "place", "editor", f"/services/{service.id}"
    yield "texts", "editor", "/statements"
    yield "text", "editor", f"/statements/{text}"
    yield "reports", "editor", "/reports"
    yield "people", "administrator", "/people"
    yield "person", "administrator", f"/people/{desk.site.accounts.number_of('ana@red.example')}"
    yield "account", "administrator", "/account"
    yield "understanding", "administrator", "/understanding"
    yield "settings", "administrator", "/settings"


def small(png: bytes) -> bytes:
    """As WebP, its beginning alone."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    kept, to = picture.crop((0, 0, picture.width, min(picture.height, TALLEST))), BytesIO()
    kept.save(to, "WEBP", quality=55, method=6)
    return to.getvalue()


def main(wanted: Sequence[str] = ()) -> None:
    """Writes them, all or those that are named, and tells what all weigh."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        url = f"sqlite:///{Path(folder) / 'portal.db'}"
        migrate(url)
        engine = open_engine(url)
        two_countries(engine)
        desk = Desk.open(engine)
        settings = read_settings({"COMADRE_SECRET_KEY": "s" * 32})
        desk.site.shown_settings = blocks(settings, ["telegram", "web"], ["twilio", "whatsapp"])
        invent(desk)
        service = busy(desk)
        workers = {
            "editor": desk.editor(), "administrator": desk.worker("administrator", "Clara"),
        }  # fmt: skip
        number = desk.site.accounts.number_of("clara@red.example")
        new_codes(desk.engine, desk.site.secrets, number or 0)
        shop = desk.site.workshop = Workshop(Path(folder) / "understanding")
        shop.put_inputs("f")
        trained(shop)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        TO.mkdir(parents=True, exist_ok=True)
        with served(desk) as base:
            for name, role, path in pages(desk, service):
                if wanted and name not in wanted:
                    continue
                token = workers[role].client.cookies["comadre_session"]
                for size in SIZES if name in BOTH else ("1280",):
                    page = _opened(browser, base, token, size)
                    page.goto(f"{base}/portal{path}")
                    page.evaluate(FLOW)
                    (TO / f"{name}-{size}.webp").write_bytes(small(page.screenshot(full_page=True)))
                    page.context.close()
            if not wanted or HOURS[0] in wanted:
                name, role, size, part = HOURS
                page = _opened(browser, base, workers[role].client.cookies["comadre_session"], size)
                page.goto(f"{base}/portal/services/{service.id}")
                page.evaluate(FLOW)
                page.locator(f"{part} .hours summary").click()
                (TO / f"{name}-{size}.webp").write_bytes(small(page.locator(part).screenshot()))
                page.context.close()
        browser.close()
        engine.dispose()
    weight = sum(each.stat().st_size for each in TO.glob("*.webp"))
    print(f"{len(list(TO.glob('*.webp')))} pictures, {weight // 1000} kB")
    if weight > MOST_BYTES:
        raise SystemExit(f"more than {MOST_BYTES // 1000} kB")


def _opened(browser: Browser, base: str, token: str, size: str) -> Page:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(120_000)
    context.add_cookies([{"name": "comadre_session", "value": token, "url": f"{base}/portal"}])
    return context.new_page()


if __name__ == "__main__":
    main(sys.argv[1:])
