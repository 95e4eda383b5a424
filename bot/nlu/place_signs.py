"""Whether the sentence around a name shows that a place is meant.

"vivo en Victoria" names a place, "la victoria es mía" does not: a name that is also an everyday
word needs one or two signs around it (words.yml says how many).
"""

from __future__ import annotations

from dataclasses import dataclass

from .place_names import Gazetteer, Name
from .place_roles import Reading, RoleReader
from .place_text import Token

_OF = frozenset(("de", "del", "of"))
_BETWEEN = frozenset(("de", "del", "en", "in"))
_SIDE = ("lado", "del", "side", "on", "the")
_BUT = frozenset(("but", "pero"))
_COMPANION_WORDS = 3
_INITIALS = 2
_LARGE_TOWN = 100_000
_SAINTS = ("san ", "santa ", "santo ")


@dataclass(frozen=True)
class Span:
    """Words tokens[first:last] of `text` that may be the place `key`."""

    text: str
    tokens: list[Token]
    first: int
    last: int
    key: str

    @property
    def following(self) -> Token | None:
        """The next word of the same sentence."""
        if self.last < len(self.tokens) and not self.tokens[self.last].stop_before:
            return self.tokens[self.last]
        return None

    @property
    def before(self) -> str:
        """The word before in the same sentence, or ""."""
        if self.first and not self.tokens[self.first].stop_before:
            return self.tokens[self.first - 1].key
        return ""

    def is_capital(self) -> bool:
        """A capital the start of a sentence does not explain; short words in full ("LA", "US"), or
        with a capital after them ("Las Manos")."""
        token = self.tokens[self.first]
        if not token.capital or token.stop_before:
            return False
        if len(token.key) > 3 or self.text[token.start : token.end].isupper():
            return True
        return any(each.capital for each in self.tokens[self.first + 1 : self.last])


class SignReader:
    """Counts the signs of a place: a preposition, a capital, its country beside it, "ciudad de"."""

    def __init__(self, gazetteer: Gazetteer, roles: RoleReader) -> None:
        self._gazetteer = gazetteer
        self._roles = roles

    def is_small_word(self, span: Span) -> bool:
        """ "la", "in", "de" are Los Angeles, Indiana, Delaware only as LA, IN, DE."""
        if len(span.key) > _INITIALS or span.is_capital() or self._is_us_embassy(span):
            return False
        return self._gazetteer.signs_needed(span.key) > 1

    def show_a_place(
        self, span: Span, names: tuple[Name, ...], beside: tuple[str, ...], reading: Reading
    ) -> bool:
        """Whether the words around `span` are signs enough."""
        words, needed = self._gazetteer.words, self._gazetteer.signs_needed(span.key)
        if span.before in self._roles.words_for("titles"):
            return False
        if span.key in words.given_names and span.before in self._roles.words_for("relations"):
            return False  # "mi hijo Israel"
        named_for = needed or _is_saint(span.key, names)
        if named_for and span.before in self._roles.words_for("houses"):
            return False
        following = span.following
        if span.key in words.not_of and following and following.key in _OF:
            return False
        if not needed or reading.signs >= needed:
            return True
        signs = reading.signs + int(self._stands_alone(span))
        may_be_capital = span.key not in words.given_names or reading.signs
        signs += int(bool(may_be_capital) and span.is_capital())
        return (
            signs + self._signs_around(span, names, beside, needed + int(not reading.signs))
            >= needed
        )

    def _stands_alone(self, span: Span) -> bool:
        """Whether nothing else is said, or it is put before or after all that is said: "fresno but
        born in …", "im 16, fresno"."""
        last = span.last == len(span.tokens)
        if span.first == 0:
            return last or span.tokens[1].key in _BUT
        given = span.key in self._gazetteer.words.given_names
        return last and span.tokens[span.first].comma_before and not given

    def _signs_around(
        self, span: Span, names: tuple[Name, ...], beside: tuple[str, ...], doubt: int
    ) -> int:
        """2 for each: its country right after it, "ciudad de" before it, "embassy" after "us"."""
        following, signs = span.following, 0
        direct = following is not None and following.key not in _BETWEEN
        if (direct or doubt == 1) and any(name.country in beside for name in names):
            signs += 2
        if span.before in _OF and span.tokens[span.first - 2 : span.first - 1]:
            signs += 2 * (span.tokens[span.first - 2].key in self._roles.words_for("town_nouns"))
        return signs + 2 * self._is_us_embassy(span)

    def _is_us_embassy(self, span: Span) -> bool:
        following = span.following
        if span.key != "us" or following is None or following.comma_before:
            return False  # "protects us, refugees"
        return self._roles.is_body(following.key)

    def beside(self, span: Span) -> tuple[str, ...]:
        """Countries of the country or state written right after, as in "San José, Costa Rica"."""
        following, tokens = span.following, span.tokens
        if following is None:
            return ()
        start = span.last
        while start < len(tokens) and tokens[start].key in _SIDE:
            start += 1
        start += int(start < len(tokens) and tokens[start].key in _BETWEEN)
        if start >= len(tokens) or tokens[start].stop_before:
            return ()
        for end in range(min(start + _COMPANION_WORDS, len(tokens)), start, -1):
            key = joined(tokens, start, end)
            names = self._gazetteer.names.get(key, ())
            countries = tuple(n.country for n in names if n.kind in ("country", "admin1"))
            written = span.text[tokens[start].start : tokens[end - 1].end]
            if countries and (written.isupper() or self._gazetteer.signs_needed(key) < 2):
                return countries
        return ()


def _is_saint(key: str, names: tuple[Name, ...]) -> bool:
    """Whether a house may bear this name: "San Juan", "San Juan de Dios", not "San Pedro Sula"."""
    large = any(name.population >= _LARGE_TOWN for name in names)
    return key.startswith(_SAINTS) and (key.count(" ") == 1 or not large)


def joined(tokens: list[Token], first: int, last: int) -> str:
    """The words as one key; "" where a sentence ends between them."""
    if last - first == 1:
        return tokens[first].key
    if any(token.stop_before for token in tokens[first + 1 : last]):
        return ""
    return " ".join(token.key for token in tokens[first:last])
