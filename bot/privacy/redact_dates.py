"""Days that are somebody's: in figures, in words, told by a feast, a birthday, or an age that is
reached on a day. A month, a feast or an age alone is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot.privacy.word_lists import Lists, Signs

Span = tuple[int, int, str]  # from, to, kind

_VOWEL, _ACUTE = re.compile("[aeiou]"), str.maketrans("aeiou", "áéíóú")


def dates(text: str, known: Lists) -> Iterator[Span]:
    """Everything of the kind; spans may overlap."""
    for pattern in _patterns(known.signs):
        for each in pattern.finditer(text):
            part = "day" if "day" in pattern.groupindex else 0  # what announces it stays
            yield each.start(part), each.end(part), "date"


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, with or without accents, the longest first."""
    longest = sorted(words, key=lambda word: (-len(word), word))
    found = "|".join(_VOWEL.sub(lambda m: f"[{m[0]}{m[0].translate(_ACUTE)}]", each)
                     .replace("n", "[nñ]").replace(" ", r"[\s-]+") for each in longest)  # fmt: skip
    return f"(?:{found})" if found else "(?!)"


@cache
def _patterns(signs: Signs) -> tuple[re.Pattern[str], ...]:
    """Compiled once for each language."""
    month, feast, near = (any_of(signs[each]) for each in ("months", "feasts", "near_days"))
    word, count, weekday = (any_of(signs[each]) for each in ("days", "numbers", "weekdays"))
    birth, turns, unit = (any_of(signs[each]) for each in ("births", "turns", "units"))
    century, tens = any_of(signs["centuries"]), any_of(signs["tens"])
    spoken = any_of(signs["spoken_years"])
    of = r"(?:de\s+|del\s+|of\s+)?"
    year_word = rf"(?:{century}(?:[\s-]+(?:and\s+)?{count})?|{spoken}|{tens})"
    year = rf"(?:,?\s*{of}(?:(?:año|year)\s+)?(?:\d{{4}}|'?\d{{2}}|{year_word})\b)?"
    figure = r"\d{1,2}(?:st|nd|rd|th|ro|o|°|º)?"
    day = rf"(?:{figure}|{word})"
    figures = r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}"
    number = rf"(?:\d{{1,3}}|{count})"
    no_hour = r"(?!\s*(?:a|to|am|pm|h|hrs|y media|de la|o'clock)\b|\s*[:-])"
    # "She may first go" tells no day: what stands before that month must say that it is one.
    in_may = "|".join(
        rf"(?<=\b{each}\s)" for each in ("on", "since", "until", "before", "born", "is")
    )
    found = (
        rf"\b{day}\s+(?:(?:d[ií]as|days)\s+)?(?:del?\s+mes\s+)?{of}{month}\b{year}",
        rf"\b{month}\s+\d{{1,2}}(?:st|nd|rd|th)?\b{year}",
        rf"\b(?:(?!may\b){month}|(?:{in_may})may)\s+(?:the\s+)?{word}\b{year}",
        rf"\b{month}\s+{of}(?:\d{{4}}|{year_word})\b",
        rf"\b{figures}\b",
        # A year in words; in figures it goes as a number of four.
        rf"\b(?:(?>{century}[\s-]+(?:and\s+)?{count})|{spoken})\b"
        rf"(?!\s*(?:{any_of(signs['money'])}|y|hundred|thousand|mil)\b)",
        rf"\b(?:{birth}|soy)\s+(?:en\s+(?:el\s+)?|del\s+|in\s+)(?:año\s+)?(?P<day>'?\d{{2}}|{year_word})\b"
        rf"(?!\s*{unit}\b)",
        rf"\b{weekday},?\s+(?:the\s+)?{day}\b{no_hour}(?!\s+thing)",
        rf"\b(?:el|del)\s+d[ií]a\s+{day}\b",
        # So long before or after a feast or a day; a feast of one year; the day of a saint.
        rf"\b(?:{number}|an?|una?|a\s+couple\s+of|a\s+few|un\s+par\s+de)\s+{unit}\s+"
        rf"{any_of(signs['from'])}\s+(?:the\s+|el\s+|la\s+)?"
        rf"(?:{figures}|{day}\s+{of}{month}|{feast}|{month})\b{year}",
        rf"\b{feast}\s+{of}(?:\d{{4}}|{year_word})\b",
        r"\bd[ií]a\s+de\s+(?:san|santa|santo|la\s+virgen(?:\s+del?)?)\s+\w+",
        rf"\b{birth}\b(?:\W+\w+){{0,3}}?\W+(?:el|the|on)\s+(?:d[ií]a\s+de\s+)?(?P<day>{day}|{feast})\b"
        rf"(?!\s*(?:{unit}|time|child|baby|son|daughter|one)\b)",
        rf"\b{birth}\b(?:\W+\w+){{0,2}}?\W+(?:en|in|at|on)\s+(?P<day>{feast})\b",
        # An age and the day on which it is reached are a date of birth.
        rf"\b{near}\s+(?:\w+\s+){{0,2}}?{turns}\s+(?:los\s+|mis\s+|sus\s+)?(?P<day>{number})\b",
        rf"\b{turns}\s+(?:los\s+|mis\s+|sus\s+)?(?P<day>{number}\s+(?:años\s+|anos\s+|years\s+)?"
        rf"(?:en\s+|in\s+|el\s+|on\s+|next\s+|este\s+)?(?:{near}|{month}|{feast}|{weekday}))\b",
    )  # fmt: skip
    return tuple(re.compile(each, re.I) for each in found)
