"""Days that are somebody's: in figures, in words, told by a feast, a birthday, or an age that is
reached on a day. A month, a feast or an age alone is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot.privacy.word_lists import Lists, Signs

Span = tuple[int, int, str]  # from, to, kind

# What follows a number that counts somebody or something: "el domingo dos hombres", "uno puede ir".
_NO_NOUN = r"""(?:mis|sus|tus|los|las|nos|les|os|es|m[aá]s|menos|despu[eé]s|antes|entonces|tres
    |dos|seis|pues|quiz[aá]s|adem[aá]s|un[ao]s|tod[ao]s|ell[ao]s|nosotr[ao]s|detr[aá]s|atr[aá]s
    |apenas|jam[aá]s|gracias|adios|tienes|puedes|vas|das|est[aá]s|eres|llegas|sales|vienes|(?!primos\b)\w+[aei]mos
    |is|was|has|does|us|this|his|as|its|always|yes|unless|across|perhaps)\b"""
_COUNTED = rf"""
    (?!\s+(?:(?!{_NO_NOUN})\w+s|men|women|people|children|police|of\s(?:us|them)|m[aá]s\sde
    |mil|hundred|thousand|hours?|minutos?|shifts?
    |de\s(?:l[ao]s|ell[ao]s|[mts][iu]s|nosotr[ao]s)|pueden?|deben?|can|may|must|could)\b)
    (?!(?<=\bun[ao])\s+(?:tiene|quiere|va|no|se|ya|l[aoe]|nunca|siempre|sabe|hace|necesita|espera
    |anda|paga|est[aá]|es|pierde|llega|sale|sufre)\b)"""
_COUNTS = re.sub(r"\s+", "", _COUNTED)  # the pattern that nothing is counted

_VOWEL, _ACUTE = re.compile("[aeiou]"), str.maketrans("aeiou", "áéíóú")


def dates(text: str, known: Lists) -> Iterator[Span]:
    """Everything of the kind; spans may overlap."""
    for pattern in _patterns(known.signs):
        for each in pattern.finditer(text):
            part = "day" if "day" in pattern.groupindex else 0  # what announces it stays
            yield each.start(part), each.end(part), "date"
    amount = _amount(known.signs)
    for pattern in _years(known.signs):
        for each in pattern.finditer(text):
            if not amount.search(text[: each.start()]):
                yield each.start("day"), each.end("day"), "date"


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
    year_of = r",?\s*(?:(?:de|del|of)\s+(?:(?:el\s+)?(?:año|year)\s+)?|(?:año|year)\s+|')"
    year = (rf"(?:{year_of}(?:\d{{4}}|'?\d{{2}}|{year_word})\b|\.?,?\s*\d{{4}}\b"
            rf"|,?\s*(?:\d{{2}}|{year_word})\b{_COUNTS})?")  # fmt: skip
    figure = r"\d{1,2}(?:st|nd|rd|th|ro|o|°|º)?"
    day = rf"(?:{figure}|(?>{word}))"
    figures = r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}"
    number = rf"(?:\d{{1,3}}|{count})"
    short = rf"{any_of(signs['short_months'])}"
    near = rf"(?!(?<=\bla\s)ma[nñ]ana)(?:{near})"  # "en la mañana" is an hour
    went_on = (
        r"(?:y|e|pero|que|porque|cuando|si|donde|como"
        r"|and|but|so|because|who|that|when|where|how|if)\b"
    )
    gap = rf"(?:\s+(?!{went_on})\w+)"
    event = any_of(signs["events"])
    away = rf"(?:\s+(?:por\s+ciento|que|de\s+l[ao]s|{unit}|año|year)\b|\s*%)"
    # "On the fourth floor" is no day: what follows must not be what is counted.
    day_ends = (
        r"(?=\s*(?:$|[^\w\s])|\s+(?:at|in|and|with|of|but|i|we|they|he|she|you|my|our|from|because|when"
        r"|to|for|en|por|con|y|de|del)\b)"
    )
    no_hour = r"(?!\s*(?:a|to|am|pm|h|hrs|y media|de la|o'clock)\b|\s*[:-])"
    # "She may first go" tells no day: what stands before that month must say that it is one.
    in_may = "|".join(
        rf"(?<=\b{each}\s)" for each in ("on", "since", "until", "before", "born", "is")
    )
    found = (
        rf"\b{day}\s+(?:(?:d[ií]as|days)\s+)?(?:del?\s+mes\s+)?(?:(?:de|del|of)\s+{month}|(?!may\b){month})\b{year}",
        rf"\b(?:on|since|until|before|born|is|by|from)\s+(?:the\s+)?(?P<day>{day}\s+may\b{year})",
        rf"\b{day}\s+(?:may\b(?:,?\s*\d{{4}}\b|(?=\s*(?:$|[^\w\s])))|(?-i:May)\b)",
        rf"\b{month}\s+\d{{1,2}}(?:st|nd|rd|th)?\b{_COUNTS}{year}",
        rf"\b(?:(?!may\b){month}|(?:{in_may})may)\s+(?:the\s+)?{word}\b{_COUNTS}{year}",
        rf"\b{month}\s+{of}(?:\d{{4}}|{year_word})\b{_COUNTS}",
        rf"\b{figures}\b",
        # "12 ene 1991", "el 3 del 4 del 92".
        rf"\b\d{{1,2}}(?:[\s/-]+|\s+de\s+)(?:{short}\b|mar\b(?=[\s./-]+(?:del?\s+)?\d{{2}}))"
        r"(?:[\s./-]+(?:del?\s+)?(?:\d{4}|\d{2})\b)?",
        rf"\b(?<!\bla\s){short}\.?\s+(?:\d{{1,2}}\b{_COUNTS}|(?:del?\s+)?\d{{4}}\b)",
        rf"\b{day}\s+del?\s+{day}\s+del?\s+(?:año\s+)?(?:\d{{4}}|\d{{2}}|{year_word})\b{_COUNTS}",
        rf"\b(?:{birth}|soy)\s+(?:en\s+(?:el\s+)?|del\s+|in\s+)(?:año\s+)?(?P<day>'?\d{{2}}|{year_word})\b"
        rf"(?!\s*{unit}\b)",
        rf"\b{weekday},?\s+(?:the\s+{day}\b{no_hour}(?!\s+thing)|{day}\b{no_hour}{_COUNTS})",
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
        # A birth and a day near it, or one in short; something that befell her and its day.
        rf"\b{birth}\b{gap}{{0,3}}?\s+(?P<day>{near}|(?:el|on|last|this)\s+{weekday})\b",
        rf"\b{birth}\b{gap}{{0,3}}?\s+(?P<day>hace\s+(?:{number}|un)\s+d[ií]as?|(?:{number}|a)\s+days?\s+ago)\b",
        rf"\b(?P<day>{near})\b{gap}{{0,4}}?\s+"
        rf"(?:(?!nacid|born|cumplo(?! a)){birth}|(?:was|were)\s+born)\b",
        rf"\b{birth}\b(?:\W+(?!{went_on})\w+){{0,4}}?\W+(?P<day>(?:[12]?\d|3[01]|0\d)\s?[/-]\s?(?:1[0-2]|0?\d))\b"
        rf"(?!\s*(?:[/.-]?\d|{unit}\b|a\.?m|p\.?m|kilo|kg|libras?|lbs?|pounds?|h\b|hrs?\b))",
        rf"\b(?=cumpl){turns}\s+(?P<day>{near}|el\s+(?:d[ií]a\s+)?(?:{day}|{weekday}))\b{_COUNTS}(?!{away})",
        rf"\b{event}\b{gap}{{0,3}}?\s+el\s+(?:d[ií]a\s+)?(?P<day>{day})\b{_COUNTS}(?!{away})",
        rf"\b{event}\b{gap}{{0,3}}?\s+on\s+the\s+(?P<day>{day})\b{day_ends}",
        rf"\bel\s+(?P<day>(?!primero|uno){day})(?=\s+(?:(?:me|nos|l[ao]s?|se|mis?\s+\w+)\s+)?{event}\b)",
        rf"\bon\s+the\s+(?P<day>{day})(?=\s+(?:i|we|they|he|she|you|my\s+\w+)\s+(?:(?:was|were|got)\s+)?{event}\b)",
        # An age and the day on which it is reached are a date of birth.
        rf"\b{near}\s+(?:\w+\s+){{0,2}}?{turns}\s+(?:los\s+|mis\s+|sus\s+)?(?P<day>{number})\b",
        rf"\b{turns}\s+(?:los\s+|mis\s+|sus\s+)?(?P<day>{number}\s+(?:años\s+|anos\s+|years\s+)?"
        rf"(?:en\s+|in\s+|el\s+|la\s+|on\s+|next\s+|este\s+)?(?:{near}|{month}|{feast}|{weekday}))\b",
        rf"\b{turns}\s+(?:los\s+|mis\s+|sus\s+)?(?P<day>{number}\s+(?:años\s+|anos\s+|years\s+)?"
        rf"(?:(?:el|on)\s+{day}\b{_COUNTS}(?!{away})|on\s+the\s+{day}\b{day_ends}))",
    )  # fmt: skip
    return tuple(re.compile(each, re.I) for each in found)


@cache
def _years(signs: Signs) -> tuple[re.Pattern[str], ...]:
    """A year in words; in figures it goes as a number of four. "Dos mil veinte" is an amount
    unless what stands before it tells a year."""
    counts = any_of(signs["numbers"])
    no_amount = rf"\b(?!\s*(?:{any_of(signs['money'])}|y|hundred|thousand|mil)\b){_COUNTS}"
    full = rf"(?>{any_of(signs['centuries'])}[\s-]+(?:and\s+)?{counts})"
    lead = rf"(?:en|del?|años?|in|since|desde|of|year|until|hasta|{any_of(signs['births'])})"
    found = (
        rf"\b{lead}[\s:,]+(?:el\s+|año\s+|the\s+year\s+)?(?P<day>{full}){no_amount}",
        rf"\b(?P<day>{any_of(signs['spoken_years'])}|(?=nineteen){full}){no_amount}",
    )
    return tuple(re.compile(each, re.I) for each in found)


@cache
def _amount(signs: Signs) -> re.Pattern[str]:
    """The end of what stands before an amount: "me deben", "un sueldo"."""
    return re.compile(rf"\b{any_of(signs['costs'])}(?:\s+\w+){{0,3}}\s*$", re.I)
