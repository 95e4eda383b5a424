"""Every text that she reads: short, plain, the same in both languages, harmless on a locked screen.

A failing test names the cell: key and language.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import product

import pytest

from bot.conversation.notification import gives_away
from bot.conversation.wording import LANGUAGES, all_texts
from connectors.gsm7 import fold, is_gsm7, segments

MOST_WORDS, MOST_SEGMENTS = 60, 2
EASY = 62.0  # Flesch, Fernández Huerta: "plain" begins at 60, what a child of twelve reads
MEASURED_FROM = 10  # words; shorter texts cannot be measured
# They need more: what we keep and cannot hide, in full.
LONGER_SMS = {"privacy"}
# In a language that we do not speak the text cannot be measured, nor must the columns differ.
FOREIGN = ("other_", "speaks_", "interprets_")
# Texts that may open a message on violence or danger, or go out where somebody else may look.
OPENERS = (
    "quiet", "left", "stopped", "someone_else", "erased", "welcome_back", "welcome_forgotten",
    "crisis_yes", "crisis_no", "crisis_stay", "crisis_stay_2", "distress_stay", "distress_stay_2",
    "distress_accompanied", "distress_alone", "distress", "danger_check_number", "wordless_crisis",
    "safe_first", "tidy_whatsapp", "tidy_sms", "again", "answer_for", "answer_everywhere", "intro",
    "intro_kept", "greet", "rude", "child", "phone_unknown", "address_secret", "services_others",
    "held", "late_lead", "late_ready", "late_read",
    "wait", "quiet_more", "did_you_mean", "not_understood", "person", "thanked", "greet_plain",
)  # fmt: skip
FORBIDDEN = {
    "es": r"\b(garantiz\w*|confidencial\w*|te prometo|promet\w*|100 ?%|siempre|nunca|totalmente|"
          r"c[oó]nyuge|mediante|asimismo|conforme a|no obstante|dicho[as]? (tr[aá]mite|documento)|"
          r"ilegal(es)?|v[ií]ctimas?|usted|ustedes|se le informa|solicitante|favor de)\b",
    "en": r"\b(guarantee\w*|confidential\w*|i promise|100 ?%|always|never|completely|pursuant|"
          r"hereby|spouse|illegal|victims?|aforementioned|prior to|applicant|alien)\b",
}  # fmt: skip
CELLS = [(key, language) for key in sorted(all_texts()) for language in LANGUAGES]


def _text(key: str, language: str) -> str:
    """With something of usual length in place of each field."""
    fields = {"number": "911", "country": "Costa Rica", "place": "Tapachula, México"}
    text = all_texts()[key][language]
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return text.format(**{name: fields.get(name, "ACNUR, 800 226 8769") for name in names})


def _syllables(word: str, language: str) -> int:
    if language == "es":
        apart = re.findall(r"[íú][aeo]|[aeo][íú]|[aeoáéó]{2}", word)
        return max(1, len(re.findall(r"[aeiouáéíóúü]+", word)) + len(apart))
    groups = re.findall(r"[aeiouy]+", word)
    silent = word.endswith("e") and not word.endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def ease(text: str, language: str) -> float:
    """Fernández Huerta (1959) for Spanish, Flesch (1948) for English: higher is easier."""
    words = re.findall(r"[a-záéíóúüñ]+", text.lower())
    sentences = max(1, len([s for s in re.split(r"[.:;!?¿¡]+", text) if re.search(r"\w", s)]))
    syllables = sum(_syllables(word, language) for word in words) / len(words)
    length = len(words) / sentences
    if language == "es":
        return 206.84 - 60 * syllables - 1.02 * length
    return 206.835 - 84.6 * syllables - 1.015 * length


def _measured() -> Iterator[tuple[str, str]]:
    for key, language in CELLS:
        plain = re.sub(r"\{\w+\}", "", all_texts()[key][language])
        if len(plain.split()) >= MEASURED_FROM and not key.startswith(FOREIGN):
            yield key, language


@pytest.mark.parametrize(("key", "language"), CELLS)
def test_a_text_is_short_and_has_no_forbidden_word(key: str, language: str) -> None:
    text = _text(key, language)

    assert text, f"{key} ({language}) is empty"
    assert len(text.split()) <= MOST_WORDS, f"{key} ({language}): {len(text.split())} words"
    found = re.search(FORBIDDEN[language], text, re.I)
    assert found is None, f"{key} ({language}) says «{found and found[0]}»"


@pytest.mark.parametrize("key", sorted(all_texts()))
def test_both_languages_say_about_as_much(key: str) -> None:
    spanish, english = (all_texts()[key][language] for language in LANGUAGES)
    longer, shorter = max(len(spanish), len(english)), min(len(spanish), len(english))

    assert longer <= 2.2 * shorter + 8, f"{key}: {len(spanish)} letters in es, {len(english)} in en"
    ends = {text[-1] for text in (spanish, english) if text[-1] in "?:."}
    assert len(ends) <= 1, f"{key}: the two languages end differently"


@pytest.mark.parametrize(("key", "language"), CELLS)
def test_a_text_costs_at_most_two_sms(key: str, language: str) -> None:
    if key in LONGER_SMS:
        pytest.skip("needs more")
    text = fold(_text(key, language))

    assert is_gsm7(text), f"{key} ({language}) holds a letter that doubles the price"
    assert segments(text) <= MOST_SEGMENTS, f"{key} ({language}): {segments(text)} segments"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", OPENERS)
def test_a_locked_screen_shows_nothing(key: str, language: str) -> None:
    assert not gives_away(_text(key, language)), f"{key} ({language}): {_text(key, language)[:40]}"


@pytest.mark.parametrize(("key", "language"), list(_measured()))
def test_a_child_of_twelve_can_read_it(key: str, language: str) -> None:
    text = re.sub(r"\{\w+\}", "", all_texts()[key][language])

    assert ease(text, language) >= EASY, f"{key} ({language}): {ease(text, language):.0f}"


def test_the_first_message_has_at_most_three_sentences_with_the_emergency_number() -> None:
    for key, language in product(("intro", "intro_kept"), LANGUAGES):
        said = f"{_text(key, language)} {_text('intro_number', language)}"
        sentences = [s for s in re.split(r"[.!?](?:\s|$)", said) if s.strip()]
        assert len(sentences) <= 3, f"{key} ({language}): {sentences}"


def test_the_neutral_line_is_as_long_as_what_a_notification_shows() -> None:
    for language in LANGUAGES:
        assert len(all_texts()["quiet"][language]) >= 40
