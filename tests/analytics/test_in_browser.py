"""The page of figures in a browser: on a telephone, on a laptop, for a screen reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page
from sqlalchemy import Engine
from starlette.applications import Starlette

from bot.analytics.pages import routes
from bot.serve.supervisor import free_port
from tests.analytics.conftest import AT
from tests.serve.axe import Axe
from tests.serve.chat import NARROW, WIDE, Browser
from tests.serve.conftest import axe, browser, chromium  # noqa: F401 - fixtures
from tests.serve.system import wait_for

pytestmark = pytest.mark.browser
TELEPHONE_LETTERS = 9.5  # pixels: what a label is drawn at, at least


@pytest.fixture(scope="module")
def address(quarter: Engine) -> Iterator[str]:
    app = Starlette(routes=routes(quarter, lambda _: None, clock=lambda: AT))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for("the server", lambda: server.started)
    yield f"http://127.0.0.1:{port}/portal/figures"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(params=[NARROW, WIDE], ids=["phone", "laptop"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:  # noqa: F811
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
