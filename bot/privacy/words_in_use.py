"""Which words are everybody's: those that at least three voices of the training messages use.

`python -m bot.privacy.words_in_use` writes them to data/redaction/words.yml anew, after data/nlu
has changed; a test says when. Whatever is not among them may be somebody's, and is replaced.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from bot.paths import DATA
from bot.privacy.word_lists import LANGUAGES, fold, listed, read_yaml

LEAST_VOICES = 3
OF_ALL = 0.9  # words that so many of all voices use hold sentences together: "que", "quiero"
PATH = DATA / "redaction" / "words.yml"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_plain = cache(fold)  # a few thousand words, a million times
_PLACE = re.compile(r"\[[^\]]*\]\{[^}]*\}")
HEAD = f"""# Words that at least {LEAST_VOICES} voices of data/nlu use, plain; written by bot/privacy/words_in_use.py, never by hand.
# small: in small letters, or at the head of a sentence.   capital: with a capital inside one.
# everywhere: words that {OF_ALL:.0%} of all voices use.
"""  # noqa: E501


def words_in_use() -> dict[str, dict[str, list[str]]]:
    """By language and list."""
    names = read_yaml(DATA / "redaction" / "names.yml")
    never = listed(names["though_used"])
    owned = listed(names["first"]) | listed(names["last"]) | listed(names["also_words"])
    return {language: _of(language, never, owned) for language in LANGUAGES}


def _of(language: str, never: frozenset[str], owned: frozenset[str]) -> dict[str, list[str]]:
    small: dict[str, set[str]] = defaultdict(set)
    capital: dict[str, set[str]] = defaultdict(set)
    voices = set()
    for voice, message in _messages(language):
        voices.add(voice)
        for word, is_inside in _words(message):
            if word[0].islower():
                small[_plain(word)].add(voice)
            elif is_inside and not message.isupper():
                capital[_plain(word)].add(voice)
    used = {w: v for w, v in small.items() if len(v) >= LEAST_VOICES and w not in never}
    return {
        "small": sorted(used),
        "capital": sorted(
            w for w, v in capital.items() if len(v) >= LEAST_VOICES and w not in never | owned
        ),
        "everywhere": sorted(w for w, v in used.items() if len(v) >= OF_ALL * len(voices)),
    }  # fmt: skip


def _messages(language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((DATA / "nlu" / language).glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            for line in block["examples"].splitlines():
                yield block["metadata"]["voice"], _PLACE.sub(" ", line.removeprefix("- "))


def _words(message: str) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it stands inside a sentence."""
    for found in _WORD.finditer(message):
        before = message[: found.start()].rstrip(" \"'«“(¿¡")
        yield found.group(), bool(before) and before[-1] not in ".!?…:\n"


def page(words: Mapping[str, Mapping[str, list[str]]]) -> str:
    """The file's text."""
    lines = [HEAD.rstrip("\n")]
    for language, lists in words.items():
        lines.append(f"{language}:")
        for name, listed_words in lists.items():
            wrapped = textwrap.fill(
                ", ".join(listed_words), 118, initial_indent="    ", subsequent_indent="    ",
                break_on_hyphens=False, break_long_words=False,
            )  # fmt: skip
            lines += [f"  {name}: |", wrapped]
    return "\n".join(lines) + "\n"


def write(path: Path = PATH) -> None:
    """The file anew."""
    path.write_text(page(words_in_use()), encoding="utf-8")


if __name__ == "__main__":
    write()
