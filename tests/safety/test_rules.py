"""What silences an alarm, and how far that reaches."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.safety.files import SAFETY, SafetyDataError
from bot.safety.rules import Alarm, Compiler, Guard
from bot.safety.spelling import Spelt

ALARM = "pega "


def guard(**parts: str) -> Guard:
    found = {name: re.compile(parts[name]) if name in parts else None
             for name in ("before", "after", "sentence", "message")}  # fmt: skip
    return Guard(**found)


def silenced(text: str, **parts: str) -> bool:
    start = text.index(ALARM)
    return guard(**parts).silences(text, start, start + len(ALARM))


@pytest.mark.parametrize(("text", "parts", "is_silenced"), [
    ("no pega ", {"before": r"(?<![^ ])no $"}, True),
    ("no me pega ", {"before": r"(?<![^ ])no $"}, False),
    ("no . pega ", {"before": r"(?<![^ ])no $"}, False),
    ("pega nunca ", {"after": "nunca "}, True),
    ("pega casi nunca ", {"after": "nunca "}, False),
    ("antes me pega mucho ", {"sentence": "antes "}, True),
    ("me pega desde antes ", {"sentence": "antes "}, True),
    ("antes . me pega ", {"sentence": "antes "}, False),
    ("me pega . antes ", {"sentence": "antes "}, False),
    ("a . me pega antes . b ", {"sentence": "antes "}, True),
    ("antes . me pega ", {"message": "antes "}, True),
    ("me pega ", {}, False),
])  # fmt: skip
def test_each_part_of_a_guard_looks_at_its_own_place(
    text: str, parts: dict[str, str], is_silenced: bool
) -> None:
    assert silenced(text, **parts) is is_silenced


def test_a_denial_reaches_eight_words_and_not_nine() -> None:
    between = [f"w{number}" for number in range(7)]

    assert silenced(f"no {' '.join(between)} pega ", before="no .*$")
    assert not silenced(f"no {' '.join([*between, 'w7'])} pega ", before="no .*$")


def alarm(*guards: Guard) -> Alarm:
    return Alarm("emergency", "g", "pega", "sure", 10, re.compile(ALARM), guards)


def test_an_alarm_tells_the_words_where_it_stands() -> None:
    assert alarm().found(Spelt("el me pega ya ", frozenset())) == (2, 3)
    assert alarm().found(Spelt("pega ", frozenset())) == (0, 1)
    assert alarm().found(Spelt("me quiere ", frozenset())) is None


def test_where_the_first_is_denied_the_next_is_weighed_up_to_four() -> None:
    denied = guard(before="no $")

    assert alarm(denied).found(Spelt("no pega pega ", frozenset())) == (2, 3)
    assert alarm(denied).found(Spelt("no pega " * 3 + "pega ", frozenset())) == (6, 7)
    assert alarm(denied).found(Spelt("no pega " * 4 + "pega ", frozenset())) is None
    assert alarm(guard(), denied).found(Spelt("no pega ", frozenset())) is None


def test_only_alarms_with_a_word_of_the_message_are_asked_and_in_their_order() -> None:
    speaker = Compiler("es").speaker()
    asked = list(speaker.candidates("me esta pegando kon un kuchiyo "))

    assert 0 < len(asked) < len(speaker.alarms) / 2
    assert asked == [each for each in speaker.alarms if each in asked]
    assert list(speaker.candidates("xqzw ")) == []


def test_a_fault_in_a_guard_a_filler_or_a_whole_message_names_its_place(tmp_path: Path) -> None:
    for name, old, new, place in (
        ("gate.yml", "        - salir\n", "        - (salir\n", "es, leave, whole"),
        ("emergency.yml", "- la estan matando", "- (la estan matando", "es, emergency, "),
        ("words.yml", "filler:\n  es: [ya,", "filler:\n  es: [(ya,", "es, filler: "),
    ):
        folder = Path(shutil.copytree(SAFETY, tmp_path / name))
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

        with pytest.raises(SafetyDataError, match=re.escape(place)):
            Compiler("es", folder).speaker()
