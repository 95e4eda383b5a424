"""Whether pages are open to everybody is checked, or its absence is a failure; never a silence."""

from __future__ import annotations

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.serve.axe import Axe, checker
from tests.serve.chat import Browser


@pytest.mark.parametrize(("required", "outcome"), [("1", Failed), ("", Skipped)])
def test_where_the_checker_must_not_be_missing_its_absence_fails(
    monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("COMADRE_TEST_REQUIRE_CHROMIUM", required)
    monkeypatch.setattr("tests.serve.axe.PACKAGE", "of_another_planet")

    with pytest.raises(outcome, match="of_another_planet"):
        checker()


@pytest.mark.browser
def test_the_checker_finds_what_a_screen_reader_cannot_tell(browser: Browser, axe: Axe) -> None:
    page = browser.browser.new_page()
    try:
        page.set_content('<html lang="es"><title>x</title><main><img src="data:,"></main>')
        assert [each.split(":")[0] for each in axe.serious(page)] == ["image-alt"]
        page.set_content('<html lang="es"><title>x</title><main><img src="data:," alt=""></main>')
        assert axe.serious(page) == []
    finally:
        page.close()
