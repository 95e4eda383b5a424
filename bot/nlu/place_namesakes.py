"""What only bears a place's name: a street, a colony of a town, a church, a person.

"Washington Avenue", "vivo por la Roosevelt", "la iglesia de Guadalupe", "her name is Dallas Marie".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .place_names import Name
from .place_text import Token

if TYPE_CHECKING:
    from .place_signs import Span

_STREETS = frozenset((
    "ave", "avenue", "street", "blvd", "boulevard", "road", "highway", "hwy", "drive", "avenida",
    "bulevar", "parkway", "lane",
))  # fmt: skip
_CHURCHES = frozenset((
    "iglesia", "parroquia", "capilla", "basilica", "santuario", "virgen", "church", "parish",
    "chapel", "cofradia",
))  # fmt: skip
_OF = frozenset(("de", "del", "of"))
_NAME = frozenset((
    "name", "names", "nombre", "named", "llama", "llamo", "llamaba", "pusimos", "puse", "apellido",
))  # fmt: skip
_IS = frozenset(("is", "es", "was", "era", "s"))
_SAINTS = ("san ", "santa ", "santo ")


def only_bears_the_name(span: Span, names: Iterable[Name], given_names: frozenset[str]) -> bool:
    """Whether `span` names no place, though a place of that name is known."""
    far = all(name.kind == "city" and name.country in ("US", "CA") for name in names)
    return (
        _is_a_street(span, far)
        or _is_a_church(span, given_names)
        or _is_a_persons(span, names, far or span.key in given_names)
    )


def _is_a_street(span: Span, far: bool) -> bool:
    """ "Vermont Ave"; "por la Roosevelt": no town of the north has an article in Spanish."""
    following = span.following
    if following is not None and following.key in _STREETS and not following.comma_before:
        return True
    return far and " " not in span.key and span.before == "la"


def _is_a_church(span: Span, given_names: frozenset[str]) -> bool:
    if span.before not in _OF or span.first < 2:
        return False
    house = span.tokens[span.first - 2].key
    return house in _CHURCHES and (span.key in given_names or span.key.startswith(_SAINTS))


def _is_a_persons(span: Span, names: Iterable[Name], may_be: bool) -> bool:
    """ "her name is Dallas", "se llama Chelsea Brooklyn": first names and all that follows them."""
    if any(name.kind == "country" for name in names):
        return False
    at = span.first
    while at and _goes_on(span.tokens, at) and span.tokens[at - 1].capital:
        at -= 1
    if at < span.first and not may_be:
        return False  # "me llamo Rosa Tegucigalpa" has lost its comma
    if not at or not _goes_on(span.tokens, at):
        return False
    before = span.tokens[at - 1].key
    if before in _IS and at > 1:
        before = span.tokens[at - 2].key
    return before in _NAME


def _goes_on(tokens: list[Token], at: int) -> bool:
    """Whether nothing stands between the word at `at` and the word before it."""
    return not (tokens[at].stop_before or tokens[at].comma_before)
