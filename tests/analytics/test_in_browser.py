"""The page of figures in a browser: on a telephone, on a laptop, for a screen reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page
from sqlalchemy import Engine

from bot.serve.supervisor import free_port
from tests.analytics.conftest import AT
from tests.analytics.door import figures
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures
from tests.serve.system import wait_for

pytestmark = pytest.mark.browser
TELEPHONE_LETTERS = 9.5  # pixels: what a label is drawn at, at least


@pytest.fixture(scope="module")
def address(quarter: Engine) -> Iterator[str]:
    app = figures(quarter, lambda: AT)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for("the server", lambda: server.started)
    yield f"http://127.0.0.1:{port}/portal/figures"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module", params=[NARROW, WIDE], ids=["phone", "laptop"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:  # noqa: F811
    """Opened once a size: a test that changes anything puts it back."""
    size = request.param
    context = browser.browser.new_context(viewport={"width": size[0], "height": size[1]})
    opened = context.new_page()
    opened.goto(f"{address}?period=2026-Q1")
    yield opened
    context.close()


def test_it_is_open_to_a_screen_reader_and_no_wider_than_the_screen(page: Page, axe: Axe) -> None:  # noqa: F811
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert axe.serious(page) == []


def test_every_label_can_be_read_and_none_is_cut_off(page: Page) -> None:
    """Bars fit the screen; maps are as large as their letters need, and scroll."""
    small = page.evaluate(
        """limit => [...document.querySelectorAll("svg text")]
           .filter(each => { const at = each.getScreenCTM();
                             return 13 * Math.hypot(at.a, at.b) < limit; })
           .map(each => each.textContent)""",
        TELEPHONE_LETTERS,
    )
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg")].flatMap(drawing => {
             const edge = drawing.getBoundingClientRect();
             return [...drawing.querySelectorAll("text")].filter(each => {
               const box = each.getBoundingClientRect();
               return box.left < edge.left - 1 || box.right > edge.right + 1; })
             .map(each => each.textContent); })"""
    )
    wide_bars = page.evaluate(
        """() => [...document.querySelectorAll("figure:has(.bars)")]
           .filter(each => each.scrollWidth > each.clientWidth).length"""
    )

    assert (small, outside, wide_bars) == ([], [], 0)


def test_what_is_wider_than_the_screen_says_so_and_what_fits_does_not(page: Page) -> None:
    """Tables were cut off at the edge without a sign."""
    page.locator("details.numbers").evaluate_all("all => all.forEach(each => each.open = true)")
    # The sign follows the scrolling, and that is known only once the page was drawn again.
    page.evaluate("() => new Promise(d => requestAnimationFrame(() => setTimeout(d, 500)))")
    wrong = page.evaluate(
        """() => [...document.querySelectorAll(".figures .scroll")].filter(each => {
             const slides = each.scrollWidth > each.clientWidth + 1;
             const says = each.querySelector(".slide").getBoundingClientRect().height > 0;
             return slides !== says; }).map(each => each.getAttribute("aria-label"))"""
    )
    without_keys = page.evaluate(
        """() => [...document.querySelectorAll(".figures *")].filter(each =>
             getComputedStyle(each).overflowX === "auto" && each.tabIndex !== 0).length"""
    )

    page.locator("details.numbers").evaluate_all("all => all.forEach(each => each.open = false)")

    assert (wrong, without_keys) == ([], 0)


def test_the_list_of_contents_leads_to_every_section_and_back(page: Page) -> None:
    links = page.locator("#contents a").evaluate_all("all => all.map(each => each.hash)")
    sections = page.locator("section").evaluate_all("all => all.map(each => '#' + each.id)")

    assert sorted(links) == sorted(sections)
    assert page.locator('section a[href="#contents"]').count() == len(sections)
    small = page.locator("#contents a, a.up").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 44).length"
    )
    assert small == 0


def test_the_page_is_no_endless_roll(page: Page) -> None:
    """It was up to 23,000 pixels long on a telephone."""
    assert page.evaluate("document.documentElement.scrollHeight") < 14_500


def test_tables_that_are_folded_are_printed(page: Page) -> None:
    table = page.locator("#volume details table")
    assert not table.is_visible()

    page.emulate_media(media="print")

    is_printed = table.bounding_box() is not None
    is_seen = table.evaluate("each => each.checkVisibility()")
    page.emulate_media(media="screen")
    assert (is_printed, is_seen) == (True, True)
