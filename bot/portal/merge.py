"""Two people at one form: what each of them changed is kept, and where both did she is asked."""

from __future__ import annotations

from collections.abc import Mapping

Cells = dict[str, str]


def merged(
    opened: Mapping[str, str], hers: Mapping[str, str], now: Mapping[str, str]
) -> tuple[Cells, Cells]:
    """Her cells, where she changed what the form said when she opened it; elsewhere what is said
    `now`. And what is said now, where both changed the same one differently."""
    cells, differs = dict(hers), {}
    for name, said in now.items():
        mine, before = _plain(hers.get(name, "")), _plain(opened.get(name))
        if mine == before:
            cells[name] = said
        elif _plain(said) not in (mine, before):
            differs[name] = said
    return cells, differs


def _plain(text: str | None) -> str | None:
    """As a form gives it back."""
    return None if text is None else text.replace("\r\n", "\n").strip()
