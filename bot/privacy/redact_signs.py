"""What is told by its form alone: telephones, mails, links, handles, numbers, plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from bot.privacy.redact_dates import Span, any_of, dates
from bot.privacy.word_lists import Lists, fold

REGIONS = ("MX", "GT", "SV", "HN", "NI", "CR", "PA", "BZ", "DO", "US")

_MAIL = re.compile(
    r"[\w.+-]+\s*(?:@|\barroba\b|\(at\)|\[at\]|\bat\b)\s*[\w-]+(?:\s*(?:\.|\bpunto\b|\bdot\b)\s*"
    r"(?:com?|net|org|es|edu|gob|gov|info|mx|gt|hn|sv|ni|cr|pa|bz|do|us|ca)\b)+",
    re.I,
)
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|me|ly|gov|gob|app|io)\b"
    r"(?:/\S*)?", re.I,
)  # fmt: skip
_HANDLE = re.compile(
    r"@\w[\w.]*"
    r"|\b[^\W\d]\w*(?:[._]\w+)*_\w+(?:[._]\w+)*"  # la_flaca
    r"|\b[^\W\d]{2,}\w*(?:\.[^\W\d]{2,}\w*)*\.\d{2,}\b"  # yuli.flores.94
    r"|\b[^\W\d]{2,}\.[^\W\d]{2,}\.[^\W\d]{2,}\b"
)
_GROUPS = re.compile(r"[+(#]*\d(?:[\d\s().\-–/#]*\d)?")
_MIXED = re.compile(r"\b(?=[\w/-]*\d)(?=[\w/-]*[^\W\d_])[\w]+(?:[-/]\w+)*\b")
_DOOR = re.compile(r"#\s?\d[\w-]*")
_SPLIT = re.compile(r"\b[A-Z]{1,4}[ -]\d[\dA-Z-]*(?:[ -][\dA-Z]{2,})*\b|\b\d{2,}[ -][A-Z]{2,4}\b")


def spans(text: str, known: Lists) -> list[Span]:
    """Everything of the kind; spans may overlap."""
    found = [*_shaped(text), *_telephones(text), *dates(text, known), *_spelled(text, known)]
    found += _long_numbers(text)
    found += _mixed(text, known)
    found += _plates(text, known)
    found += [(each.start(), each.end(), "address") for each in _DOOR.finditer(text)]
    found += _looks(text, known)
    return found


def _shaped(text: str) -> Iterator[Span]:
    for kind, pattern in (("mail", _MAIL), ("link", _LINK), ("other", _HANDLE)):
        for each in pattern.finditer(text):
            yield each.start(), each.end(), kind


def _telephones(text: str) -> Iterator[Span]:
    if sum(map(str.isdigit, text)) < 7:
        return
    for region in REGIONS:
        for each in phonenumbers.PhoneNumberMatcher(text, region):
            yield each.start, each.end, "phone"


def _long_numbers(text: str) -> Iterator[Span]:
    for each in _GROUPS.finditer(text):
        if sum(map(str.isdigit, each.group())) >= 4:
            yield each.start(), each.end(), "number"


def _mixed(text: str, known: Lists) -> Iterator[Span]:
    """Letters with digits, but for the codes that are nobody's."""
    for each in _MIXED.finditer(text):
        if not known.codes.fullmatch(fold(each.group())):
            yield each.start(), each.end(), "number"
    for each in _SPLIT.finditer(text):
        if not known.codes.fullmatch(fold(each.group()).replace(" ", "-")):
            yield each.start(), each.end(), "number"


def _plates(text: str, known: Lists) -> Iterator[Span]:
    """What follows the word for it, with a digit in it."""
    word = any_of(known.signs["plate"])
    pattern = rf"\b(?:{word})\b[\s:]*(?:\w{{2,5}}\s)?((?:[A-Za-z]{{1,4}}[ -]?)?\d[\w-]*(?:[ -][A-Z]{{2,4}}\b)?)"  # noqa: E501
    for each in re.finditer(pattern, text, re.I):
        yield each.start(1), each.end(1), "number"


def _spelled(text: str, known: Lists) -> Iterator[Span]:
    """A number told digit by digit, or two and two, in words."""
    digits = known.signs["digits"]
    word, count = any_of(digits), any_of(digits | known.signs["numbers"])
    for each in re.finditer(rf"\b{word}(?:[\s,.-]+{word}){{4,}}\b", text, re.I):
        yield each.start(), each.end(), "phone"
    for each in re.finditer(rf"\b{count}(?:[\s,.-]+{count}){{3,}}\b", text, re.I):
        told = re.findall(rf"\b{count}\b", each.group(), re.I)
        if sum(fold(said) not in digits for said in told) > 1:
            yield each.start(), each.end(), "phone"


def _looks(text: str, known: Lists) -> Iterator[Span]:
    """How her house is known: "portón verde"."""
    part, colour = any_of(known.signs["house_parts"]), any_of(known.signs["colours"])
    for each in re.finditer(rf"\b{part}\s+(?:de\s+)?(?:color\s+)?{colour}\b", text, re.I):
        yield each.start(), each.end(), "address"
