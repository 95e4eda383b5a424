"""The figures are for administrators and analysts; everybody else is refused, also the exports."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.portal.desk import Desk, on_both

PLACES = ("/portal/figures", "/portal/figures/figures.csv", "/portal/figures/figures.json",
          "/portal/figures/figures.xlsx", "/portal/figures/figures.zip",
          "/portal/figures/report.pdf")  # fmt: skip


def test_nobody_sees_figures_without_signing_in(desk: Desk) -> None:
    for place in PLACES:
        assert desk.browser().open(place).path == "/portal/login", place


def test_an_editor_is_refused(desk: Desk) -> None:
    worker = desk.editor()

    assert [worker.open(place).status for place in PLACES] == [403] * len(PLACES)
    assert "style-src 'self'" in worker.headers["content-security-policy"]  # a page with its style
    assert worker.headers["x-frame-options"] == "DENY"
    assert "/portal/figures" not in str(worker.open("/portal/").words)


def test_they_speak_the_language_of_the_portal(desk: Desk) -> None:
    worker = desk.worker("analyst")
    worker.open("/portal/language/en")

    assert "What women ask" in str(worker.open("/portal/figures").words)
    assert "Lo que preguntan" in str(worker.open("/portal/figures?lang=es").words)


@on_both
@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_analysts_and_administrators_see_them(desk: Desk, role: str) -> None:
    worker = desk.worker(role)

    # Nothing is published before the first month has ended: the exports say so.
    assert [worker.open(place).status for place in PLACES] == [200] + [400] * (len(PLACES) - 1)


@on_both
def test_they_stand_in_the_frame_of_the_portal(desk: Desk) -> None:
    """An analyst's navigation has the figures and what is everybody's; nothing else."""
    analyst, administrator = desk.worker("analyst"), desk.worker("administrator", "Berta")
    page = analyst.open("/portal/figures").text
    nav = page.split("<nav")[1].split("</nav>")[0]

    assert re.findall(r'<a href="([^"]+)"', nav) == ["/portal/", "/portal/figures",
                                                     "/portal/account"]  # fmt: skip
    assert '<a href="/portal/figures" aria-current="page">' in nav
    assert 'href="#main"' in page
    assert "/portal/people" in administrator.open("/portal/figures").text
    assert analyst.headers["cache-control"] == "no-store"


def test_the_other_language_keeps_what_was_chosen(desk: Desk) -> None:
    worker = desk.worker("analyst")
    page = worker.open("/portal/figures?country=HN&lang=en").text
    assert '<html lang="en">' in page

    link = re.findall(r'href="(/portal/language/es[^"]+)"', page)[0]

    assert '<html lang="es">' in worker.open(unescape(link)).text
    assert '<option value="HN" selected>' in worker.text
