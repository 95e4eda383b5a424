"""Charts as SVG without script or style: bars, streams, heat maps in one colour that print in grey.

The blues are ColorBrewer's (colorbrewer2.org, "Blues", safe for all kinds of colour blindness);
what is not shown is hatched, so that it differs by more than its colour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

from markupsafe import Markup

from bot.analytics.figures import Figure
from bot.analytics.flows import Flows, Node, Ribbon
from bot.analytics.protect import ALL, Place

BLUES = ("#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
INK, BAR, PALE = "#1a1a1a", "#2171b5", "#ececec"
_HATCH = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6 L6 0" stroke="#9a9a9a" stroke-width="1"/></pattern></defs>'
)


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK) -> str:
    return (f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" '
            f'font-size="13">{escape(words)}</text>')  # fmt: skip


def _drawing(kind: str, width: float, height: float, label: str, parts: Sequence[str]) -> Markup:
    head = (
        f'<svg class="{kind}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(label)}" font-family="system-ui, sans-serif">'
    )
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - every word is escaped above


_BARS_WIDE, _BESIDE = 400, 18  # how wide; letters of a name that still stands beside its bar


def bars(values: Sequence[tuple[str, int, str]], label: str) -> Markup:
    """One bar a row, with its number in words at the end. As wide as a telephone shows at the size
    of its other letters: where names are long, each stands above its bar."""
    most = max((value for _, value, _ in values), default=0) or 1
    longest = max((len(name) for name, _, _ in values), default=0)
    left = 0 if longest > _BESIDE else 8 * longest + 8
    high = 26 if left else 44
    right = 14 + 8 * max((len(told) for *_, told in values), default=0)
    parts = []
    for place, (name, value, told) in enumerate(values):
        y = place * high
        at = _text(left - 8, y + 17, name, anchor="end") if left else _text(0, y + 15, name)
        top = y + high - 22
        width = (_BARS_WIDE - left - right) * value / most
        parts.append(at)
        parts.append(f'<rect x="{left}" y="{top}" width="{width:g}" height="18" fill="{BAR}"/>')
        parts.append(_text(left + 6 + width, top + 13, told))
    return _drawing("bars", _BARS_WIDE, max(high, high * len(values)), label, parts)


def heat_map(rows: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]],
             values: Mapping[Place, Figure], label: str, name: str,
             greys: Collection[str] = (),
             signs: Mapping[Place, str] | None = None) -> Markup:  # fmt: skip
    """Rows and columns as (key, name); a cell that is missing in `values` is hatched. Sums over all
    countries have no colour, and rows of `greys` none of the blues: they are not to be compared.
    `signs` stand behind the numbers of their cells."""
    compared = [each.value for (row, at), each in values.items() if row not in greys and at != ALL]
    most = max(compared, default=0) or 1
    longest = max((len(word) for _, word in rows), default=0)
    left, wide, high, top = min(300, 8 * longest + 8), 58, 26, 110
    parts = [_HATCH.format(id=f"hatch-{escape(name)}")]
    for place, (_, word) in enumerate(columns):
        x = left + wide * place + wide / 2
        parts.append(f'<g transform="rotate(-40 {x:g} {top - 8})">{_text(x, top - 8, word)}</g>')
    for line, (row, word) in enumerate(rows):
        y = top + high * line
        parts.append(_text(left - 8, y + 17, _short(word), anchor="end"))
        for place, (column, _) in enumerate(columns):
            plain = "#ffffff" if column == ALL else PALE if row in greys else ""
            at = (row, column)
            parts.append(_cell(left + wide * place, y, wide, high, values.get(at), most, name,
                               plain, (signs or {}).get(at, "")))  # fmt: skip
    kind = "map" if len(columns) > FEW else "map small"
    across, down = left + wide * len(columns) + 90, top + 4 + high * len(rows)
    return _drawing(kind, across, down, label, parts)


def _cell(x: float, y: float, wide: float, high: float, value: Figure | None, most: int,
          name: str, plain: str, sign: str) -> str:  # fmt: skip
    box = f'<rect x="{x:g}" y="{y:g}" width="{wide - 2:g}" height="{high - 2:g}" fill="{{}}"/>'
    if value is None:
        return box.format(f"url(#hatch-{escape(name)})")
    shade = min(len(BLUES) - 1, int(len(BLUES) * value.value / most))
    ink = "#ffffff" if shade >= 4 and not plain else INK
    told = f"{value.value:,}{'+' if value.is_least else ''}{sign}"
    number = _text(x + wide / 2 - 1, y + 17, told, anchor="middle", fill=ink)
    return box.format(plain or BLUES[shade]) + number


FEW = 6  # columns of a map that needs no wide screen
_LEFT, _RIGHT, _BAR_WIDE = 200, 560, 12  # where the streams of a Sankey diagram start and end


def sankey(found: Flows, label: str, names: tuple[str, str]) -> Markup:
    """Streams between two rows of bars, each with its name and number; `names` of the two sides."""
    parts = [_text(_LEFT, 14, names[0], anchor="end"), _text(_RIGHT, 14, names[1])]
    parts += [_stream(each) for each in found.ribbons]
    for node in found.origins:
        parts += _end(node, _LEFT - _BAR_WIDE, _LEFT - _BAR_WIDE - 6, "end")
    for node in found.countries:
        parts += _end(node, _RIGHT, _RIGHT + _BAR_WIDE + 6, "start")
    return _drawing("map", 760, found.high + 34, label, parts)


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
