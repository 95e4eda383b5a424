"""What noise has cost is told to whoever reads the figures, with what it means over months."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.analytics.ledger import ledger
from bot.analytics.models import Publication, PublishedFigure, Spent
from bot.database import transaction
from tests.analytics.door import figures

AT = datetime(2026, 4, 10, tzinfo=UTC)
BASE = "/portal/figures"
MONTHS = ("2026-01", "2026-02", "2026-03")


@pytest.fixture
def noisy(sqlite_engine: Engine) -> Engine:
    """Three months; in the last two every table cost 0.4."""
    with transaction(sqlite_engine) as session:
        for month in MONTHS:
            epsilon = None if month == MONTHS[0] else 0.4
            session.add(Publication(month=month, published_at=AT, threshold=10, step=5,
                                    epsilon=epsilon))  # fmt: skip
            session.add(PublishedFigure(month=month, cut="volume", row="days_01_07", country="HN",
                                        value=50))  # fmt: skip
            if epsilon:
                session.add_all(Spent(month=month, cut=cut, epsilon=epsilon)
                                for cut in ("topics", "volume", "phases"))  # fmt: skip
    return sqlite_engine


def test_it_is_added_up_over_tables_and_months(noisy: Engine) -> None:
    quarter = ledger(noisy, MONTHS, MONTHS)
    january = ledger(noisy, MONTHS[:1], MONTHS)
    february = ledger(noisy, MONTHS[1:2], MONTHS)

    assert quarter is not None
    assert (quarter.by_month, quarter.over_months) == ({"2026-02": 1.2, "2026-03": 1.2}, 2.4)
    assert january is None  # nothing was spent, and nothing is said
    assert february is not None
    assert (february.over_months, february.months) == (1.2, 2)


@pytest.mark.parametrize(("language", "says"), [
    ("es", "hasta 3 veces más seguro"), ("en", "up to 3 times surer"),
])  # fmt: skip
def test_the_page_says_it_in_words(noisy: Engine, language: str, says: str) -> None:
    page = TestClient(figures(noisy, lambda: AT)).get(BASE, params={"lang": language}).text

    assert says in page
    assert "1.20" in page
    assert "2.40" in page


def test_the_printed_report_has_it_in_its_method(noisy: Engine) -> None:
    she = TestClient(figures(noisy, lambda: AT))
    printed = she.get(f"{BASE}/report.pdf", params={"period": "2026-Q1"}).content
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]
    method = " ".join(next(each for each in reversed(pages) if "hasta 3 veces" in each).split())

    assert "1.20 de 6 en un mes, como mucho; 2.40 en los últimos meses publicados (3)" in method


def test_the_downloads_have_it_and_without_noise_none(noisy: Engine) -> None:
    she = TestClient(figures(noisy, lambda: AT))
    march = she.get(f"{BASE}/figures.json").json()["protection"]["ledger"]
    january = she.get(f"{BASE}/figures.json", params={"period": "2026-01"}).json()

    assert march == {"budget_per_month": 6.0, "spent_by_month": {"2026-03": 1.2},
                     "months_added_up": 3, "spent_over_months": 2.4}  # fmt: skip
    assert january["protection"]["ledger"] is None
