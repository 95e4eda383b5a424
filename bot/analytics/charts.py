"""Charts as SVG without script or style: bars, streams, heat maps in one colour that print in grey.

The blues are ColorBrewer's (colorbrewer2.org, "Blues", safe for all kinds of colour blindness);
what is not shown is hatched, so that it differs by more than its colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from bot.analytics.flows import Flows, Node, Ribbon

BLUES = ("#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
INK, BAR = "#1a1a1a", "#2171b5"
_HATCH = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6 L6 0" stroke="#9a9a9a" stroke-width="1"/></pattern></defs>'
)


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK) -> str:
    return (f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" '
            f'font-size="13">{escape(words)}</text>')  # fmt: skip


def _drawing(width: float, height: float, label: str, parts: Sequence[str]) -> Markup:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(label)}" font-family="system-ui, sans-serif">'
    )
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - every word is escaped above


def bars(values: Sequence[tuple[str, int]], label: str) -> Markup:
    """One bar a row, with its number at the end."""
    most = max((value for _, value in values), default=0) or 1
    parts = []
    for place, (name, value) in enumerate(values):
        y = place * 26
        width = 380 * value / most
        parts.append(_text(300, y + 17, _short(name), anchor="end"))
        parts.append(f'<rect x="308" y="{y + 4}" width="{width:g}" height="18" fill="{BAR}"/>')
        parts.append(_text(314 + width, y + 17, f"{value:,}"))
    return _drawing(760, max(26, 26 * len(values)), label, parts)


def heat_map(rows: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]],
             values: Mapping[tuple[str, str], int], label: str, name: str) -> Markup:  # fmt: skip
    """Rows and columns as (key, short name); a cell that is missing in `values` is hatched."""
    most = max(values.values(), default=0) or 1
    left, wide, high = 300, 58, 26
    parts = [_HATCH.format(id=f"hatch-{escape(name)}")]
    for place, (_, word) in enumerate(columns):
        parts.append(_text(left + wide * place + wide / 2, 16, word, anchor="middle"))
    for line, (row, word) in enumerate(rows):
        y = 24 + high * line
        parts.append(_text(left - 8, y + 17, _short(word), anchor="end"))
        for place, (column, _) in enumerate(columns):
            parts.append(_cell(left + wide * place, y, wide, high, values.get((row, column)),
                               most, name))  # fmt: skip
    return _drawing(left + wide * len(columns), 28 + high * len(rows), label, parts)


def _cell(x: float, y: float, wide: float, high: float, value: int | None, most: int,
          name: str) -> str:  # fmt: skip
    box = f'<rect x="{x:g}" y="{y:g}" width="{wide - 2:g}" height="{high - 2:g}" fill="{{}}"/>'
    if value is None:
        return box.format(f"url(#hatch-{escape(name)})")
    shade = min(len(BLUES) - 1, int(len(BLUES) * value / most))
    ink = "#ffffff" if shade >= 4 else INK
    number = _text(x + wide / 2 - 1, y + 17, f"{value:,}", anchor="middle", fill=ink)
    return box.format(BLUES[shade]) + number


_LEFT, _RIGHT, _BAR_WIDE = 200, 560, 12  # where the streams of a Sankey diagram start and end


def sankey(found: Flows, label: str, names: tuple[str, str]) -> Markup:
    """Streams between two rows of bars, each with its name and number; `names` of the two sides."""
    parts = [_text(_LEFT, 14, names[0], anchor="end"), _text(_RIGHT, 14, names[1])]
    parts += [_stream(each) for each in found.ribbons]
    for node in found.origins:
        parts += _end(node, _LEFT - _BAR_WIDE, _LEFT - _BAR_WIDE - 6, "end")
    for node in found.countries:
        parts += _end(node, _RIGHT, _RIGHT + _BAR_WIDE + 6, "start")
    return _drawing(760, found.high + 34, label, parts)


def _stream(each: Ribbon) -> str:
    top, end, middle = each.start_y + 28, each.end_y + 28, (_LEFT + _RIGHT) / 2
    low, low_end = top + each.high, end + each.high
    return (
        f'<path d="M{_LEFT} {top:.1f} C{middle:g} {top:.1f} {middle:g} {end:.1f} {_RIGHT} {end:.1f}'
        f" L{_RIGHT} {low_end:.1f} C{middle:g} {low_end:.1f} {middle:g} {low:.1f} {_LEFT} {low:.1f}"
        f'Z" fill="{each.origin.colour}" fill-opacity="0.6" stroke="#ffffff" stroke-width="0.4">'
        f"<title>{escape(each.origin.name)} – {escape(each.country.name)}: {each.value:,}"
        "</title></path>"
    )


def _end(node: Node, x: float, words_x: float, anchor: str) -> list[str]:
    y = node.y + 28
    words = f"{_short(node.name, 24)} {node.value:,}"
    return [
        f'<rect x="{x:g}" y="{y:.1f}" width="{_BAR_WIDE}" height="{max(node.high, 1):.1f}" '
        f'fill="{node.colour}"/>',
        _text(words_x, round(y + max(node.high, 10) / 2 + 5, 1), words, anchor=anchor),
    ]


def _short(words: str, most: int = 42) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
