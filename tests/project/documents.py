"""The documentation as a reader takes it: pages, their commands, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pymdownx.slugs import slugify

from bot.paths import ROOT

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.M | re.S)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.M)
_slug = slugify(case="lower")
# Placeholders: what a reader fills in, or what she makes while she follows a guide.
_OPEN = re.compile(r"[<…*{]|signal|deploy/secrets|deploy/\.env|data/nlu/es/")


@dataclass(frozen=True)
class Document:
    """One page of Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """From the root."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """As it is written."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def code(self) -> list[str]:
        """Spans and lines of code; a line that goes on with `\\` is one."""
        found = []
        for language, block in _FENCE.findall(self.text):
            if language in ("", "sh"):
                found += [line.strip() for line in block.replace("\\\n", " ").splitlines()]
        prose = _FENCE.sub("", self.text)
        found += [re.sub(r"\s+", " ", span) for span in _SPAN.findall(prose)]
        return [re.sub(r"\s+#.*", "", line) for line in found if line]

    @cached_property
    def headings(self) -> list[str]:
        """What a link to a part of the page may name."""
        text = _FENCE.sub("", self.text)
        return [_slug(_LINK.sub("", each).replace("`", ""), "-") for each in _HEADING.findall(text)]

    @property
    def links(self) -> Iterator[tuple[Path, str]]:
        """Files of the repository, and what in them."""
        for target in _LINK.findall(_FENCE.sub("", self.text)):
            if not re.match(r"[a-z]+:", target):
                path, _, anchor = target.partition("#")
                yield (self.path.parent / path if path else self.path), anchor

    @property
    def files(self) -> Iterator[str]:
        """Paths of the repository that are named as code."""
        folders = "bot|actions|connectors|data|deploy|docs|tests|bench|requirements|migrations"
        for code in self.code:
            for found in re.findall(rf"(?<![\w/.-])(?:{folders}|\.ci)/[^\s,;:)'\"|]+", code):
                if not _OPEN.search(found):
                    yield found.rstrip(".")


def documents() -> list[Document]:
    """Every page that somebody may follow."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("connectors/*/*.md"),
             *ROOT.glob("tests/*/README.md"), *ROOT.glob("data/*/README.md")]  # fmt: skip
    return [Document(path) for path in sorted(paths)]
