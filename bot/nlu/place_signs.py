"""Whether the sentence around a name shows that a place is meant.

"vivo en Victoria" names a place, "la victoria es mía" does not: a name that is also an everyday
word needs one or two signs around it (words.yml says how many).
"""

from __future__ import annotations

from dataclasses import dataclass

from .place_names import Gazetteer, Name
from .place_namesakes import only_bears_the_name
from .place_roles import Reading, RoleReader
from .place_text import Token

_OF = frozenset(("de", "del", "of"))
_BETWEEN = frozenset(("de", "del", "en", "in"))
_IN = frozenset(("en", "in", "at", "near", "from", "desde"))
_SIDE = ("lado", "del", "side", "on", "the")
_TO = frozenset(("to", "into", "for", "para"))
_FROM, _UNTIL = frozenset(("de", "desde", "from")), frozenset(("a", "hasta", "to"))
_THE = frozenset(("la", "el", "los", "las", "the"))
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
        if not beside and only_bears_the_name(span, names, words.given_names):
            return False
        if self._is_part_of_a_name(span) or (not beside and self._names_somebody(span)):
            return False
        named_for = needed or _is_saint(span.key, names)
        if named_for and span.before in self._roles.words_for("houses"):
            return False
        following = span.following
        if span.key in words.not_of and following and following.key in _OF:
            return False
        if not needed or reading.signs >= needed:
            return True
        signs = reading.signs + int(self._stands_alone(span))
        signs += int(self._is_country_in_capitals(span))
        may_be_capital = span.key not in words.given_names or reading.signs
        signs += int(bool(may_be_capital) and span.is_capital())
        return (
            signs + self._signs_around(span, names, beside, needed + int(not reading.signs))
            >= needed
        )

    def _is_part_of_a_name(self, span: Span) -> bool:
        """ "Central America", "América del Sur" are no country; "bar Colombia" is a bar."""
        around = [span.before, span.key, *(self._after(span, 2))]
        wholes = {" ".join(around[a:b]) for a in (0, 1) for b in range(a + 2, len(around) + 1)}
        if not wholes.isdisjoint(self._gazetteer.words.no_place):
            return True
        return self._house_before(span) in self._roles.words_for("businesses")

    def _house_before(self, span: Span, skipped: int = 0) -> str:
        """The word before, without "La" of "bar La Habana"; `skipped` words are not looked at."""
        at = span.first - skipped
        while at and not span.tokens[at].stop_before:
            at -= 1
            if span.tokens[at].key not in _THE:
                return span.tokens[at].key
        return ""

    def _names_somebody(self, span: Span) -> bool:
        """ "Paris is my daughter", "América, mi prima"."""
        if span.key not in self._gazetteer.words.given_names or span.before in _IN:
            return False
        after = self._after(span, 3)
        if after[:1] in (["is"], ["es"], ["was"], ["era"]):
            after = after[1:]
        relations = self._roles.words_for("relations")
        return after[:1] in (["mi"], ["my"]) and after[1:2] != [] and after[1] in relations

    def _after(self, span: Span, most: int) -> list[str]:
        """Up to `most` words that follow in the same sentence."""
        found: list[str] = []
        for token in span.tokens[span.last : span.last + most]:
            if token.stop_before:
                break
            found.append(token.key)
        return found

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
        if span.before in _OF and self._house_before(span, 1) in self._roles.words_for("sites"):
            signs += 1
        signs += int(span.before in _FROM and self._leads_to_a_place(span))
        return signs + 2 * self._is_us_embassy(span)

    def _leads_to_a_place(self, span: Span) -> bool:
        """ "de Colón a Colombia"."""
        after = self._after(span, 2)
        if len(after) < 2 or after[0] not in _UNTIL:
            return False
        return after[1] in self._gazetteer.names and not self._gazetteer.signs_needed(after[1])

    def _is_country_in_capitals(self, span: Span) -> bool:
        """ "a trip to US": not "to us"."""
        token = span.tokens[span.first]
        written = span.text[token.start : token.end]
        placed = span.before in _TO or span.before in _IN
        return span.key == "us" and placed and token.capital and written.isupper()

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
    words = [tokens[first].key]
    for token in tokens[first + 1 : last]:
        if token.stop_before:
            return ""
        words.append(token.key)
    return " ".join(words)
