"""The page that hangs in a shelter is true, fits on one sheet; what is torn off tells nothing."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.poster.poster import PosterError, Where, page, square, way, way_of, words
from bot.safety.gate import gate
from tests.serve.chat import Browser
from tests.serve.conftest import browser, chromium  # noqa: F401 - fixtures

NUMBER = "+50222220000"
LANGUAGES = ("es", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_orders_on_it_are_orders_that_the_gate_takes(language: str) -> None:
    said = {key: text.get(language) for key, text in words().items()}
    stop = re.findall(r"[A-Z]{4,}", said["kept_stop"])[0]

    for order, kind in (
        (said["leave_word"], "leave"),
        (said["erase_word"], "erase"),
        (stop, "stop"),
    ):
        found = gate(order, style="whatsapp")
        assert found is not None, order
        assert found.kind == kind, order


def test_both_languages_say_the_same_and_fill_in_the_same() -> None:
    for key, text in words().items():
        fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in text]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize(
    ("channel", "given", "shown", "link"),
    [
        ("whatsapp", "whatsapp:+50222220000", "+502 2222 0000", "https://wa.me/50222220000?text=Hola"),
        ("sms", "+1 512 555 0100", "+1 512-555-0100", "smsto:+15125550100:Hola"),
        ("telegram", "https://t.me/comadre_bot", "@comadre_bot", "https://t.me/comadre_bot"),
    ],
)  # fmt: skip
def test_the_square_opens_the_chat(channel: str, given: str, shown: str, link: str) -> None:
    to = way(channel, given)  # type: ignore[arg-type]  # the table's strings

    assert (to.shown, to.link("Hola")) == (shown, link)
    assert 'class="qr"' in square(to, "es")
    assert shown in page(to, Where("en"))


@pytest.mark.parametrize("wrong", ["22220000", "+502 22", "hola", ""])
def test_a_number_that_cannot_be_called_is_not_printed(wrong: str) -> None:
    with pytest.raises(PosterError):
        way("whatsapp", wrong)


def test_without_a_number_the_command_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TWILIO_WHATSAPP_FROM", "TWILIO_SMS_FROM"):
        monkeypatch.setenv(name, "")

    assert main(["poster"]) == 1
    assert "--whatsapp" in capsys.readouterr().err
    assert way_of({"TWILIO_SMS_FROM": NUMBER}).channel == "sms"


def test_it_names_the_number_of_the_country_where_it_hangs(tmp_path: Path) -> None:
    to = tmp_path / "poster.html"

    assert main(["poster", "--whatsapp", NUMBER, "--country", "gt", "--to", str(to)]) == 0
    assert "Llama al 110." in to.read_text(encoding="utf-8")
    assert main(["poster", "--whatsapp", NUMBER, "--country", "fr", "--to", str(to)]) == 1
    assert main(["poster", "--whatsapp", NUMBER, "--to", str(tmp_path / "a.doc")]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_questions_without_an_answer_are_kept_it_says_so(language: str) -> None:
    line = words()["kept_unanswered"].get(language)

    assert line in page(way("sms", NUMBER), Where(language, unanswered=True))
    assert line not in page(way("sms", NUMBER), Where(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_she_tears_off_tells_nothing_and_nothing_is_fetched(language: str) -> None:
    html = page(way("whatsapp", NUMBER), Where(language))
    tabs = re.findall(r"<div><span>(.*?)</span></div>", html)

    assert len(tabs) == 8
    assert {re.sub(r"<[^>]+>", " ", each).split()[0] for each in tabs} <= {
        "Información",
        "Information",
    }
    assert all("Comadre" not in each for each in tabs)
    assert not re.search(r"(?:src|href)=|url\(|@import", html)


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_sheet_on_either_paper(browser: Browser, language: str) -> None:  # noqa: F811
    html = page(way("whatsapp", "+1 829-947-0000"), Where(language, "DO", unanswered=True))
    sheet = browser.browser.new_page()
    sheet.set_content(html)

    for paper in ("A4", "Letter"):
        printed = sheet.pdf(format=paper)
        assert len(re.findall(rb"/Type */Page\b", printed)) == 1, paper
    sheet.close()
