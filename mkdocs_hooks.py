"""What the documentation site does besides MkDocs' own work (`hooks` in mkdocs.yml).

The same Markdown is read in the repository and on the site. So a link that leads out of docs/ goes
to the page that the site has of it, or becomes the name of the file: the site knows no address of
the repository.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

ROOT = Path(__file__).parent
# Pages that lie elsewhere in the repository, where people look for them there.
ELSEWHERE = {
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "CHANGELOG.md": "changelog.md",
    "connectors/telegram/README.md": "vendors/telegram.md",
    "connectors/twilio/README.md": "vendors/twilio.md",
    "connectors/whatsapp/README.md": "vendors/meta.md",
}
_FENCE = re.compile(r"(^ *```.*?^ *```[^\n]*$)", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")
_LIST_AFTER_TEXT = re.compile(r"^((?! *(?:[-*]|\d+\.) |#|\||\s|<).+)\n(?=- )", re.M)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Entries with * in the navigation become the pages that they match; the rest stands last."""
    names = _names(Path(config.docs_dir))
    nav = _expanded(config.nav or [], names)
    rest = sorted(set(names) - set(_leaves(nav)))
    config.nav = [*nav, {"More": rest}] if rest else nav
    return config


def _leaves(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        value = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from _leaves(value) if isinstance(value, list) else [value]


def _names(docs: Path) -> list[str]:
    own = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    return sorted([*own, *ELSEWHERE.values()])


def _expanded(entries: list[Any], names: list[str]) -> list[Any]:
    found: list[Any] = []
    for entry in entries:
        title, value = next(iter(entry.items())) if isinstance(entry, dict) else (None, entry)
        if isinstance(value, list):
            found.append({title: _expanded(value, names)})
        elif "*" in value:
            matches = [name for name in names if Path(name).match(value)]
            found += [{title: matches}] if title and matches else matches
        else:
            found.append(entry)
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that lie elsewhere."""
    for path, name in ELSEWHERE.items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / path)))
    return files


def on_page_context(
    context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """The theme's own words, and what a screen reader is told, in the page's language."""
    is_spanish = page.file.src_uri.startswith("es/") or page.file.src_uri == "index.md"
    config.theme["language"] = "es" if is_spanish else "en"
    return context


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Markdown as the site wants it; blocks of code stay as they are."""
    parts = _FENCE.split(markdown)
    parts[::2] = [_text(part, page.file, Path(config.docs_dir), files) for part in parts[::2]]
    return "".join(parts)


def _text(text: str, file: File, docs: Path, files: Files) -> str:
    # GitHub begins a list right after a line of text, Python-Markdown wants an empty one between.
    text = _LIST_AFTER_TEXT.sub(r"\1\n\n", text)
    return _LINK.sub(lambda link: _link(link[1], link[2], file, docs, files), text)


def _link(text: str, target: str, file: File, docs: Path, files: Files) -> str:
    path, _, anchor = target.partition("#")
    if not path or re.match(r"[a-z]+:", target) or path.startswith("/"):
        return f"[{text}]({target})"
    here = Path(str(file.abs_src_path)).resolve().parent
    there = Path(os.path.normpath(here / path))
    name = ELSEWHERE.get(_within(there, ROOT)) or _within(there, docs)
    if name and there.is_dir():
        name = f"{name}/index.md"
    if name and (there.exists() or files.get_file_from_path(name)):
        if files.get_file_from_path(name) is None:
            return text  # a folder without a page of its own
        to = os.path.relpath(name, Path(file.src_uri).parent or ".")
        return f"[{text}]({to}{'#' + anchor if anchor else ''})"
    if not there.exists():
        return f"[{text}]({target})"  # MkDocs says that it leads nowhere
    named = f"`{_within(there, ROOT)}{'::' + anchor if anchor else ''}`"
    return named if text in ("test", there.name) else f"{text} ({named})"


def _within(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
