"""What a message's own words give away beside its intent: ellipsis, corrections, who is writing.

Everything that is looked for stands in data/cues.yml, and data/of_listed.yml for what she asks on
about places. Nothing of the message is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import yaml

from bot.conversation.tells import read_evidence, read_tells
from bot.nlu.normalise import strip_accents
from bot.paths import DATA

MOST_OF_LISTED = 13  # after a list she says a little more: "not there if it is full"
_BARE_WISH = 5  # words: whoever says so little and names a language wishes it
MOST_WORDS = 9  # an ellipsis is short; a longer message stands for itself
# Asked of places in such words that it is no question on a topic.
ALONE_TOO = ("another", "women", "speaks", "far", "hours", "address", "phone")
_NOT_WORDS = re.compile(r"[^a-z0-9ñ]+")
_APOSTROPHES = re.compile(r"['’´`]")


@dataclass(frozen=True)
class Cues:
    """`follow` names the ellipsis; `ordinal` the place in a list, as `which`."""

    follow: str | None = None
    ordinal: int = 0
    number: int = 0  # the message is this number and nothing else
    phase: str | None = None
    wants_language: str | None = None
    corrects: bool = False
    present: bool = False  # she says that she is there
    other: bool = False  # it is somebody else who is there
    man: bool = False
    child: bool = False  # her age, told
    young: bool = False  # signs of it, for this message alone
    rude: bool = False
    returned: bool = False  # whoever is dangerous is back
    threat: bool = False
    help: bool = False  # "help" and no more
    someone: bool = False  # somebody who says that it is not her
    safe: bool = False  # she can write
    unsafe: bool = False
    together: bool = False  # somebody is with her
    alone: bool = False
    relief: bool = False  # it is over, she is better, she will not hurt herself
    sorry: bool = False
    thanks: bool = False
    bye: bool = False
    asks: bool = False  # there is a question in it
    killer: bool = False  # it is somebody else who would kill
    rape: bool = False  # told sideways
    after_rape: bool = False  # asks for what may follow from one
    hide: bool = False  # asks how to hide or delete the chat
    proof: bool = False  # asks about messages that prove something
    erases: bool = False  # words without which nothing is erased
    stops: bool = False  # words without which no message is stopped
    offline: bool = False  # no internet: only messages and calls
    wrong: bool = False  # a number or place is wrong
    misdial: bool = False  # a wrong number, by somebody else
    listed: str | None = None  # what she asks of the places that were listed
    which: int = 0  # of which of them, 1 to 3; LAST; 0: of none
    side: str | None = None  # the same, also where it is a question without a list before it
    case: str | None = None  # and for whom: children, pets
    tongue: str | None = None  # and in which language
    who_helps: bool = False  # whom to call, who pays, which organisation
    pays: bool = False  # who pays
    speaker: bool = False  # looks for somebody who speaks a language
    shown_in: str | None = None  # the same, in this language, to be shown to somebody
    spoken: str | None = None  # that language
    open_now: bool = False  # whether places are open now, and nothing else
    hello: bool = False  # an English greeting
    # Of a danger, of her phone: data/tells.yml.
    tells: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()  # kinds of matter that its words speak of


NOTHING = Cues()


PLACES = ("first", "second", "third", "last")
LAST = -1  # the place of the last one, however many there are


@dataclass(frozen=True)
class _Patterns:
    polite_before: re.Pattern[str]
    polite_after: re.Pattern[str]
    follow: dict[str, re.Pattern[str]]
    ordinals: tuple[re.Pattern[str], ...]
    any: dict[str, re.Pattern[str]]
    sides: dict[str, re.Pattern[str]]
    cases: dict[str, re.Pattern[str]]
    tongues: dict[str, re.Pattern[str]]
    which: re.Pattern[str]
    phase: dict[str, re.Pattern[str]]
    trafficking: re.Pattern[str]


@cache
def patterns() -> _Patterns:
    """The file's patterns, compiled; raises re.error or KeyError where it is broken."""
    read = yaml.safe_load((DATA / "cues.yml").read_text(encoding="utf-8"))
    places = yaml.safe_load((DATA / "of_listed.yml").read_text(encoding="utf-8"))
    whole = {name: re.compile(_one_line(text)) for name, text in read["follow"].items()}
    polite = f"(?:{_one_line(read['polite'])})"
    return _Patterns(
        re.compile(rf"^(?:{polite}(?: |$))+"),
        re.compile(rf"(?:(?: |^){polite})+$"),
        whole,
        tuple(re.compile(read[name]) for name in PLACES),
        {name: re.compile(text) for name, text in read["any"].items()},
        {name: re.compile(text) for name, text in places["sides"].items()},
        {name: re.compile(each["asked"]) for name, each in places["cases"].items()},
        {code: re.compile(rf"\b(?:{text})\b") for code, text in places["tongues"].items()},
        re.compile(places["which"]),
        {name: re.compile(text) for name, text in read["phase"].items()},
        re.compile(read["trafficking"]),
    )


def _one_line(text: str) -> str:
    # A line break in the file stands after a "|" and is no part of the pattern.
    return text.replace("| ", "|").replace("PLACE", "(?:.{2,40})").strip()


def fold(text: str) -> str:
    """Lower case, no accents, one space between words, no signs."""
    plain = strip_accents(_APOSTROPHES.sub("", text.lower()).replace("ñ", "n"))
    return _NOT_WORDS.sub(" ", plain).strip()


def read_cues(text: str) -> Cues:
    """The cues of `text`; nothing of a tap ("/…")."""
    if text.startswith("/"):
        return NOTHING
    words = fold(text[:600])
    found = patterns()
    flags = {name: bool(pattern.search(words)) for name, pattern in found.any.items()}
    of_language = {name: flags.pop(name) for name in _OF_LANGUAGE}
    shown = flags.pop("shown")
    named = "en" if of_language["english"] and not of_language["spanish"] else "es"
    language = None if flags["speaker"] or shown else _wished(of_language, words)
    flags["asks"] = flags["asks"] or "?" in text
    short = 0 < len(words.split()) <= MOST_WORDS
    side = _side(words)
    bare = _without_politeness(words) if short else ""
    return Cues(
        follow=_first_whole(found.follow, (words, bare)) if short else None,
        ordinal=_place_of(next((n for n, each in enumerate(found.ordinals, 1)
                                if each.fullmatch(bare)), 0)),
        listed=_side(words, ALONE_TOO),
        side=side,
        which=_which(words) if side else 0,
        case=_first_in(found.cases, words) if side else None,
        tongue=_first_in(found.tongues, words) if side else None,
        number=int(words) if words.isdigit() and len(words) <= 2 else 0,
        phase=next((name for name, each in found.phase.items() if each.search(words)), None),
        wants_language=language,
        spoken=_spoken(words) if flags["speaker"] else None,
        shown_in=named if shown else None,
        tells=read_tells(words),
        evidence=read_evidence(words),
        **flags,
    )  # fmt: skip


def _side(words: str, only: tuple[str, ...] = ()) -> str | None:
    if not 0 < len(words.split()) <= MOST_OF_LISTED:
        return None
    every = patterns().sides
    return _first_in({name: every[name] for name in only or every}, words)


def _first_in(named: dict[str, re.Pattern[str]], words: str) -> str | None:
    return next((name for name, each in named.items() if each.search(words)), None)


def _which(words: str) -> int:
    found = patterns().which.search(words)
    return _place_of(found.lastindex or 0) if found else 0


def _place_of(number: int) -> int:
    """The place that the pattern of that number means: the one after the third is the last."""
    return LAST if number == len(PLACES) else number


def read_flags(text: str, *names: str) -> frozenset[str]:
    """Which of these cues are in `text`, where nothing else of it is needed."""
    if text.startswith("/"):
        return frozenset()
    words = fold(text[:600])
    return frozenset(name for name in names if patterns().any[name].search(words))


def tells_of_trafficking(text: str) -> bool:
    """Whether its words, however many, speak of trafficking in people."""
    return bool(patterns().trafficking.search(fold(text)))


_NAMES = {"ht": ("creole", "kreyol", "creyol", "criollo"), "fr": ("frances", "french"),
          "pt": ("portugues", "portuguese"), "en": ("english", "ingles", "inglish")}  # fmt: skip


def _spoken(words: str) -> str:
    """The language that somebody should speak, by its name in `words`."""
    found = patterns().any["speaker"].search(words)
    said = (found[0] if found else words).split()[-1:]
    return next((code for code, names in _NAMES.items() if any(n in said for n in names)), "es")


_OF_LANGUAGE = ("spanish", "english", "not_english", "not_spanish", "little_spanish",
                "others_speak", "wish")  # fmt: skip


def _wished(said: dict[str, bool], words: str) -> str | None:
    """The language that she wishes; to say what somebody speaks, or speaks badly, is no wish, nor
    in which language a paper is."""
    if said["not_english"]:
        return "es"
    if said["not_spanish"]:
        return "en"
    if said["little_spanish"] or said["others_speak"]:
        return None
    if len(words.split()) > _BARE_WISH:
        found = patterns().any
        wish = found["wish"].search(words)
        return ("es" if found["spanish"].search(wish[0]) else "en") if wish else None
    return "es" if said["spanish"] and not said["english"] else "en" if said["english"] else None


def _first_whole(named: dict[str, re.Pattern[str]], texts: tuple[str, ...]) -> str | None:
    for name, pattern in named.items():
        if any(text and pattern.fullmatch(text) for text in texts):
            return name
    return None


def _without_politeness(words: str) -> str:
    """`words` without what only surrounds the matter."""
    return patterns().polite_after.sub("", patterns().polite_before.sub("", words))
