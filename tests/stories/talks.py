"""Stories read from files, as the lines of `make converse`, and held against what came back."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.conversation.compose import MAX_WORDS
from connectors.sms import MAX_SEGMENTS

SLACK = 3  # a neutral line that was not foreseen when the message was cut
FOLDER = Path(__file__).parent
# Invented numbers; the prefix alone says something.
PREFIXES = {"HN": "+504", "SV": "+503", "GT": "+502", "NI": "+505", "CR": "+506", "PA": "+507",
            "MX": "+5215", "BZ": "+501", "US": "+1202555", "DO": "+1809555", "CA": "+1416555",
            "elsewhere": "+5731"}  # fmt: skip
_DOES = {"she", "tap", "location", "media"}
_EXPECTS = {"says", "first", "never", "acted_on", "slots", "options", "kind", "silent"}


@dataclass(frozen=True)
class Turn:
    """What she does, and what must and must not come back."""

    does: dict[str, Any]
    expects: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One conversation."""

    name: str
    file: str
    channel: str
    number: str
    turns: tuple[Turn, ...] = field(repr=False)

    def lines(self) -> list[str]:
        """For the standard input of `make converse`."""
        return [json.dumps(self._line(turn), ensure_ascii=False) for turn in self.turns]

    def _line(self, turn: Turn) -> dict[str, Any]:
        line = {"conversation": self.name, "channel": self.channel, "from": self.number}
        names = {"she": "text", "tap": "choose"}
        return {**line, **{names.get(key, key): value for key, value in turn.does.items()}}


_INTRODUCTIONS = ("soy comadre, una maquina", "i'm comadre, a machine")


class BadStory(ValueError):
    """A story that is not in the form; the message names it."""


@cache
def stories() -> tuple[Story, ...]:
    """All stories of all files."""
    found: list[Story] = []
    for path in sorted(FOLDER.glob("*.yml")):
        for told in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(_story(told, path.stem, len(found)))
    return tuple(found)


def _story(told: dict[str, Any], file: str, index: int) -> Story:
    name = told["story"]
    turns = []
    for turn in told["turns"]:
        unknown = set(turn) - _DOES - _EXPECTS - {"after"}
        if unknown or len(_DOES & set(turn)) != 1:
            raise BadStory(f"{file}, «{name}»: not a turn: {turn}")
        does = {key: value for key, value in turn.items() if key in _DOES or key == "after"}
        turns.append(Turn(does, {key: turn[key] for key in turn if key in _EXPECTS}))
    prefix = PREFIXES[told.get("number", "elsewhere")]
    number = prefix + str(index).rjust(max(4, 12 - len(prefix)), "0")
    return Story(name, file, told["channel"], number, tuple(turns))


def fold(text: str) -> str:
    """Without accents and capitals: an SMS has lost its accents already."""
    plain = unicodedata.normalize("NFD", text.lower())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def faults(turn: Turn, out: dict[str, Any]) -> list[str]:
    """What is wrong with the answer to one turn, in words."""
    wrong = []
    text = fold("\n".join(reply["text"] for reply in out["replies"]))
    expects = turn.expects
    if out["acted_on"] == "error":
        return [str(out.get("error"))]
    if not out["replies"] and not expects.get("silent"):
        wrong.append("no reply")
    if expects.get("silent") and out["replies"]:
        wrong.append(f"expected silence, got: {text}")
    wrong += [f"does not say «{each}»" for each in _list(expects.get("says"))
              if fold(each) not in text]  # fmt: skip
    wrong += [f"says «{each}»" for each in _list(expects.get("never")) if fold(each) in text]
    # The introduction stands in a message of its own before the first answer.
    lines = [fold(reply["text"].splitlines()[0]) for reply in out["replies"] if reply["text"]]
    first = next((line for line in lines if not line.startswith(_INTRODUCTIONS)), "")
    wrong += [f"first line is «{first}», expected «{each}»" for each in _list(expects.get("first"))
              if fold(each) not in first]  # fmt: skip
    acted_on = _list(expects.get("acted_on"))
    if acted_on and out["acted_on"] not in acted_on:
        wrong.append(f"acted on {out['acted_on']}, expected {' or '.join(acted_on)}")
    for name, value in (expects.get("slots") or {}).items():
        if out["slots"].get(name) != value:
            wrong.append(f"slot {name} is {out['slots'].get(name)!r}, expected {value!r}")
    options = [fold(title) for reply in out["replies"] for title in reply["options"]]
    wrong += [f"does not offer «{each}»" for each in _list(expects.get("options"))
              if fold(each) not in options]  # fmt: skip
    for reply in out["replies"]:
        words = len(reply["text"].split())
        # On SMS the choices stand in the text, one a line.
        shown = reply["options"] if reply["kind"] == "text" else []
        words -= len(" ".join(shown).split()) + len(shown)
        if words > MAX_WORDS + SLACK:
            wrong.append(f"{words} words in one message: «{reply['text'][:60]} …»")
        if reply["segments"] > MAX_SEGMENTS:
            wrong.append(f"an SMS of {reply['segments']} parts: «{reply['text'][:60]} …»")
    kinds = [reply["kind"] for reply in out["replies"]]
    if "kind" in expects and expects["kind"] not in kinds:
        wrong.append(f"kinds {kinds}, expected {expects['kind']}")
    return wrong


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
