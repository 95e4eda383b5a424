"""How the age and the price of a service are told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.directory.words import cost_in_words, date_in_words, freshness
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.dates import is_fresh, is_old, oldest

TODAY = date(2026, 11, 25)
MARCH = datetime(2026, 3, 3, 12, tzinfo=UTC)
LONG_AGO = datetime(2024, 3, 3, 12, tzinfo=UTC)

FRESHNESS = [
    ("2026-03", None, "dato de marzo de 2026", "information from March 2026"),
    ("2022", None, "dato de 2022: puede haber cambiado, confirma antes",
     "information from 2022: it may have changed, check first"),
    (None, None, "sin fecha: puede haber cambiado, confirma antes",
     "no date: it may have changed, check first"),
    ("2019", MARCH, "confirmado en marzo de 2026", "confirmed in March 2026"),
    ("2019", LONG_AGO, "dato de marzo de 2024: puede haber cambiado, confirma antes",
     "information from March 2024: it may have changed, check first"),
]  # fmt: skip


@pytest.mark.parametrize(("as_of", "verified_at", "es", "en"), FRESHNESS)
def test_freshness_is_told_in_words(
    as_of: str | None, verified_at: datetime | None, es: str, en: str
) -> None:
    assert freshness(as_of, verified_at, TODAY) == Bilingual(es, en)


def test_what_an_editor_confirmed_needs_no_warning_any_more() -> None:
    assert "llama" in freshness("2026-03", None, TODAY, call_first=True).es
    assert freshness("2026-03", MARCH, TODAY, call_first=True).es == "confirmado en marzo de 2026"


def test_dates_are_told_as_precisely_as_they_are_known() -> None:
    assert date_in_words("2026-03-14") == Bilingual("marzo de 2026", "March 2026")
    assert date_in_words("2022") == Bilingual("2022", "2022")


def test_an_unknown_price_is_not_told_as_free() -> None:
    assert cost_in_words("unknown", None) is None
    assert cost_in_words("free", None) == Bilingual("gratis", "free")


OLD = [("2025-11-26", False), ("2025-11-24", True), ("2025-12", False), ("2025", True)]


@pytest.mark.parametrize(("as_of", "expected"), OLD)
def test_a_year_makes_a_fact_old(as_of: str, expected: bool) -> None:
    assert is_old(as_of, TODAY) is expected


def test_a_fact_without_date_is_neither_old_nor_fresh() -> None:
    assert not is_old(None, TODAY)
    assert not is_fresh(None, TODAY)
    assert oldest([None, "2025-12", "2022", None]) == "2022"
    assert oldest([None]) is None
