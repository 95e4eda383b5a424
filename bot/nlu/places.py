"""Places in a message: where she is or asks about, where she comes from, where she goes.

Spanish, English and mixed, without accents, with typos. A name that could be several places is
settled by the countries she writes, by a hint, or by size; else its country stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .place_choice import Choice, Clues, choose
from .place_mentions import Mention, MentionScanner
from .place_names import Gazetteer, load_gazetteer
from .place_pairs import along_the_way, is_joined, roles_together
from .place_roles import DESTINATION, LOCATION, ORIGIN, Reading
from .place_summary import Place, Summary, summarise
from .place_text import Token, tokens

_ASKED_FOR_VISAS = frozenset(("US", "CA"))
_WEAK = 0.3  # what an institution's name says of the country
_KRIOL = 2  # words
_MORE_THAN_WHO = 10  # words of a message that says more than who she is
_CONSULATE = re.compile("consul|emba")
_BORN_HERE = re.compile(
    r"\b(?:i was|i am|i'?m|we were|citizen|yo|soy|fui)(?: a| an| \w+)? ?(?:born|nacida)"
    r"(?: and raised)? (?:here|aqu[ií]|ac[aá])\b|\b(?:yo |ya )?nac[ií] (?:aqu[ií]|ac[aá])\b"
)

_DEPORTED = re.compile(
    r"\b(?:(?:me|nos|l[aoe]s?) (?:deportaron|retornaron|expulsaron)"
    r"|(?:me|nos) devolvieron"
    r"|deportad[oa]s?|deportao|retornad[oa]s?|regresadas?|repatriad[oa]s?|deportees?"
    r"|(?<!be )(?<!get )(?<!being )(?<!getting )deported|sent back with?|after (?:\w+ )?deportation"
    r"|returned (?:ones|migrants|women|people))\b"
)
_FEARED = re.compile(
    r"\b(?:van? a|pueden?|podr[ií]an|si|miedo|para que no|no me|quieren?|ser|if|will|can|could"
    r"|may|scared|afraid|not|don'?t want)\b"
    r"(?: (?!cuando|when|after|despu|porque|because|y |and )\w+){0,3} deport"
)


class PlaceFinder:
    """Finds places; load once, then use from any thread."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._usual, self._served = gazetteer.words.usual, gazetteer.served
        self._sides, self._hints = gazetteer.words.two_sided, gazetteer.words.hints
        self._scanner = MentionScanner(gazetteer)
        roles = self._scanner.roles
        self._sending, self._home = roles.words_for("sending"), roles.words_for("home")
        self._elsewhere = roles.words_for("elsewhere")
        self._transit = roles.words_for("transit")
        self._gone = roles.words_for("gone")
        self._kriol = roles.words_for("kriol")

    @classmethod
    def load(cls) -> PlaceFinder:
        """A finder over the shipped data files."""
        return cls(load_gazetteer())

    def find(self, text: str, country_hint: str | None = None) -> list[Place]:
        """The places in `text`, in order. `country_hint`: where we believe her to be, ISO code."""
        words = tokens(text)
        hint = country_hint or self._spoken_in(words)
        mentions = along_the_way(words, self._scanner.scan(text, words))
        mentions = [_over_the_border(m) if m.reading.put_out else m for m in mentions]
        roles = roles_together(words, mentions)
        away = self._is_elsewhere(words, mentions)
        found = []
        for index, mention in enumerate(mentions):
            usual = self._usual.get(mention.key)
            others = _countries_elsewhere(index, mentions, roles, usual)
            sides = self._sides.get(mention.key, ())
            others += self._sides_shared(sides, index, mentions)
            clues = Clues(mention.beside, others, hint, usual, sides, roles[index] == ORIGIN)
            start, end = words[mention.first].start, words[mention.last - 1].end
            place = self._place(mention, roles[index], clues, (start, end), text[start:end])
            if is_joined(words, mentions, index) or is_joined(words, mentions, index + 1):
                place = replace(place, home=False)  # "in Mexico and Guatemala": one like the other
            found.append(replace(place, role=ORIGIN) if away and _is_left_behind(place) else place)
        found = _sent_home(text, _born_there(text, found))
        if len(words) < _MORE_THAN_WHO or not any(place.stated for place in found):
            return found
        return found if self._gone & {word.key for word in words} else _at_home(found)

    def _spoken_in(self, words: list[Token]) -> str | None:
        """Which of several towns with one name is meant: Belize, where two words are Kriol, or the
        country of a word such as "lempiras"."""
        keys = {word.key for word in words}
        if len(keys & self._kriol) >= _KRIOL:
            return "BZ"
        return next((self._hints[key] for key in sorted(keys & self._hints.keys())), None)

    def _sides_shared(
        self, sides: tuple[str, ...], index: int, mentions: Sequence[Mention]
    ) -> list[str]:
        """The country that two border towns share: "de Paso Canoas a Peñas Blancas"."""
        shared = [
            set(sides) & set(self._sides.get(other.key, ()))
            for position, other in enumerate(mentions)
            if position != index and other.key != mentions[index].key
        ]
        return [code for each in shared if len(each) == 1 for code in each]

    def _is_elsewhere(self, words: list[Token], mentions: Sequence[Mention]) -> bool:
        """Whether she says "here" of a place that she does not name."""
        if any(mention.reading.present for mention in mentions):
            return False
        return any(word.key in self._elsewhere for word in words)

    def _place(
        self, mention: Mention, role: str | None, clues: Clues, span: tuple[int, int], text: str
    ) -> Place:
        reading, name = mention.reading, mention.names[0]
        certainty = (1.0 if reading.certain else 0.8) * (0.85 if mention.misspelt else 1.0)
        if name.is_town:
            choice = choose(mention.names, clues)
        else:
            choice = Choice(name.country, name.country, (name.country,), 1.0)
        if name.kind == "institution":
            certainty = _WEAK
            role = ORIGIN if name.carried else role
        foreign = choice.country is not None and choice.country not in self._served
        return Place(
            start=span[0],
            end=span[1],
            text=text,
            entity="city" if name.is_town else "country",
            value=choice.value,
            country=choice.country,
            role=None
            if reading.offered and foreign
            else self._settled_role(role, reading, choice.country, name.is_town),
            candidates=choice.candidates,
            confidence=round(choice.confidence * certainty, 2),
            hers=reading.hers,
            present=reading.present,
            homeward=reading.homeward and choice.country not in _ASKED_FOR_VISAS,
            home=(foreign or choice.country in self._home) and reading.phrase not in self._transit,
            returned=reading.returned or (reading.leaving and choice.country in self._home),
            transit=reading.transit,
            aside=reading.aside,
            foreign=foreign,
            stated=reading.stated,
            weak=name.kind == "institution" or reading.weak,
            people=name.kind == "people",
            removed=reading.removed,
            owed=reading.owed,
            national=name.national,
            registry=name.registry,
            seat=name.seat,
        )

    def _settled_role(
        self, role: str | None, reading: Reading, country: str | None, is_town: bool
    ) -> str | None:
        """The role now that the country is known."""
        if role == ORIGIN and _CONSULATE.search(reading.phrase):
            if is_town:
                return LOCATION  # "consulado de San Juan": where the consulate is
            return DESTINATION if country in _ASKED_FOR_VISAS else ORIGIN
        if role == ORIGIN and country in _ASKED_FOR_VISAS and not reading.stated:
            return DESTINATION if reading.homeward else LOCATION
        told = (
            role == LOCATION
            and reading.hers
            and not is_town
            and not (reading.certain and not reading.phrase)
        )
        if told and reading.phrase and country in self._sending and not reading.present:
            return ORIGIN  # told of in a country that women leave
        return role


def _born_there(text: str, places: list[Place]) -> list[Place]:
    """ "I was born here": where she is, is where she is from."""
    if not _BORN_HERE.search(text.lower()):
        return places
    here = [place for place in places if place.role == LOCATION and not place.transit]
    hers = [place for place in here if place.hers] or here
    return [
        replace(place, returned=True, hers=True) if place in hers else place for place in places
    ]


def _over_the_border(mention: Mention) -> Mention:
    """Who is put out by Nogales is in Nogales, Sonora: the town of that name on the other side.

    A town of the United States alone, through which she was put out, is not where she is."""
    south = tuple(name for name in mention.names if name.country == "MX")
    if south:
        return replace(mention, names=south)
    if set(mention.countries) == {"US"}:
        return replace(mention, reading=replace(mention.reading, aside=True))
    return mention


def _sent_home(text: str, places: list[Place]) -> list[Place]:
    """ "They deported me, I am in La Lima": where she is, is where she is from.

    Only where one country that women leave is named: in Mexico others are left as well.
    """
    lowered = text.lower()
    if not _DEPORTED.search(lowered) or _FEARED.search(lowered):
        return places
    here = [p for p in places if p.role == LOCATION and p.home and not (p.transit or p.aside)]
    if len({place.country for place in here}) != 1:
        return places
    return [replace(p, returned=True, hers=True) if p in here else p for p in places]


def _at_home(places: list[Place]) -> list[Place]:
    """ "Soy de Tela, nos amenazaron por tierras": a town is named by those who are there; who is
    far away says "soy de Honduras"."""
    return [
        replace(place, native=True)
        if place.stated and place.entity == "city" and not (place.foreign or place.homeward)
        else place
        for place in places
    ]


def _is_left_behind(place: Place) -> bool:
    left = place.home and not (place.present or place.returned)
    return place.role == LOCATION and place.hers and left


def _countries_elsewhere(
    index: int, mentions: Sequence[Mention], roles: Sequence[str | None], usual: str | None
) -> list[str]:
    """Countries of the message's other places that may settle an ambiguous one, likeliest first.

    Where she is now is not settled by where she was, if there is a usual place of that name.
    """
    now = usual is not None and mentions[index].reading.present
    others = [
        (role, other.countries[0])
        for position, (other, role) in enumerate(zip(mentions, roles))  # noqa: B905 - same length
        if position != index
        and other.kind != "institution"
        and not (other.reading.transit or other.reading.removed)
        and not (now and role == LOCATION and not other.reading.present)
        and len(set(other.countries)) == 1
    ]
    named = [country for role, country in others if role == roles[index]]
    if usual and (roles[index] == ORIGIN or mentions[index].reading.homeward):
        return named  # "I came from Kingston to Toronto", "fly back to Kingston"
    if roles[index] != LOCATION:
        named += [country for _, country in others]
    bodies = [
        other.countries[0]
        for other in mentions
        if other.kind == "institution" and other.countries[0] not in _ASKED_FOR_VISAS
    ]
    goals = [country for role, country in others if role == DESTINATION]
    return named + ([] if usual else goals) + bodies


__all__ = ["Place", "PlaceFinder", "Summary", "summarise"]
