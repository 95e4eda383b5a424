"""A map of rows by countries: a table whose cells are the darker the more they count.

A table, and no picture: its words break where the screen is narrow, the names of the rows stay in
sight, and a screen reader reads it. Its colours are classes of `page/style.css` (ColorBrewer's
"Blues", as in charts.py); what is not shown is hatched, so that it differs by more than its colour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

from markupsafe import Markup

from bot.analytics.charts import BLUES
from bot.analytics.figures import Figure
from bot.analytics.protect import ALL, Place

Names = Sequence[tuple[str, str]]  # a key, and what it is called


def heat_table(rows: Names, columns: Names, values: Mapping[Place, Figure],
               greys: Collection[str] = (), signs: Mapping[Place, str] | None = None,
               plain: Collection[str] = (ALL,)) -> Markup:  # fmt: skip
    """Columns of `plain`, sums over all countries, have no colour, and rows of `greys` none of the
    blues: they are not to be compared. `signs` stand behind the numbers of their cells."""
    compared = [
        each.value for (row, at), each in values.items() if row not in greys and at not in plain
    ]
    most = max(compared, default=0) or 1
    head = "".join(f'<th scope="col">{escape(word)}</th>' for _, word in columns)
    body = []
    for row, word in rows:
        cells = [
            _cell(values.get((row, at)), most, (signs or {}).get((row, at), ""),
                  is_sum=at in plain, is_grey=row in greys)
            for at, _ in columns
        ]  # fmt: skip
        body.append(f'<tr><th scope="row">{escape(word)}</th>{"".join(cells)}</tr>')
    return Markup(  # noqa: S704 - every word is escaped above
        f'<table class="heat"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _cell(value: Figure | None, most: int, sign: str, *, is_sum: bool, is_grey: bool) -> str:
    if value is None:
        return "<td></td>" if is_grey else '<td class="few">–</td>'
    told = f"{value.value:,}{'+' if value.is_least else ''}{sign}"
    if is_sum:
        return f"<td>{told}</td>"
    shade = min(len(BLUES) - 1, int(len(BLUES) * value.value / most))
    return f'<td class="{"rest" if is_grey else f"b{shade}"}">{told}</td>'
