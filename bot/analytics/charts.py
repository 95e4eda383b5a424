"""Charts as SVG without script or style: bars, columns, streams, in one colour that prints in grey.

The blues are ColorBrewer's (colorbrewer2.org, "Blues", safe for all kinds of colour blindness).
Maps of rows by countries are tables: heat.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from markupsafe import Markup

from bot.analytics.flows import Flows, Node, Ribbon

BLUES = ("#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594")
INK, BAR, BEFORE, PALE, MISSING = "#1a1a1a", "#2171b5", "#9ecae1", "#b8b8b8", "#b35806"
TRACK = "#ececec"  # as far as a bar of shares could reach


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


_BARS_WIDE, _BESIDE = 340, 12  # how wide; letters of a name that still stands beside its bar
_STRIPE, _STRIPES = 3, 3  # of a bar that goes on: how wide, with as much between them; how many
_GOES_ON = 2 * _STRIPE * _STRIPES


def _goes_on(x: float, top: float, high: int, fill: str) -> str:
    """Behind a bar of which is known only that it is at least so long: stripes. A shape, and no
    colour: it is seen in grey and by everybody."""
    return "".join(
        f'<rect class="more" x="{x + 2 * _STRIPE * number + _STRIPE:g}" y="{top:g}" '
        f'width="{_STRIPE}" height="{high}" fill="{fill}"/>'
        for number in range(_STRIPES)
    )


def _goes_up(x: float, top: float, wide: float, fill: str) -> str:
    """The same above a column."""
    return "".join(
        f'<rect class="more" x="{x:g}" y="{top - 2 * _STRIPE * (number + 1):g}" width="{wide:g}" '
        f'height="{_STRIPE}" fill="{fill}"/>'
        for number in range(_STRIPES)
    )


def bars(values: Sequence[tuple[str, int, str]], label: str, pale: Collection[str] = (), *,
         of_hundred: bool = False, least: Collection[str] = ()) -> Markup:  # fmt: skip
    """One bar a row, with its number in words at the end; those of `pale` are grey, those of
    `least` go on in stripes. As wide as a telephone shows at the size of its other letters: where
    names are long, each stands above its bar. Shares are drawn on a scale from 0 to 100, which
    shows: 8 % is no bar that is nearly full."""
    most = 100 if of_hundred else max((value for _, value, _ in values), default=0) or 1
    longest = max((len(name) for name, _, _ in values), default=0)
    left = 0 if longest > _BESIDE else 8 * longest + 8
    high = 26 if left else 44
    more = _GOES_ON if least else 0
    right = 14 + more + 8 * max((len(told) for *_, told in values), default=0)
    parts = []
    for place, (name, value, told) in enumerate(values):
        y = place * high
        at = _text(left - 8, y + 17, name, anchor="end") if left else _text(0, y + 15, name)
        top = y + high - 22
        width = (_BARS_WIDE - left - right) * value / most
        parts.append(at)
        if of_hundred:
            parts.append(f'<rect x="{left}" y="{top}" width="{_BARS_WIDE - left - right}" '
                         f'height="18" fill="{TRACK}"/>')  # fmt: skip
        fill, end = PALE if name in pale else BAR, left + width
        parts.append(f'<rect x="{left}" y="{top}" width="{width:g}" height="18" fill="{fill}"/>')
        if name in least:
            parts.append(_goes_on(end, top, 18, fill))
            end += more
        parts.append(_text(end + 6, top + 13, told))
    below = max(high, high * len(values))
    if of_hundred:
        parts.append(_text(left, below + 14, "0"))
        parts.append(_text(_BARS_WIDE - right, below + 14, "100 %", anchor="end"))
        below += 20
    return _drawing("bars", _BARS_WIDE, below, label, parts)


_PAIR_HIGH = 58  # a name above two bars


def pairs(values: Sequence[tuple[str, tuple[int, str, bool], tuple[int, str, bool]]],
          label: str) -> Markup:  # fmt: skip
    """Two bars a row on one scale, each with its number, what it is in words, and whether it is at
    least that (then it goes on in stripes): nothing hangs on the colours."""
    both = [each for _, *two in values for each in two]
    most = max((value for value, *_ in both), default=0) or 1
    more = _GOES_ON if any(is_least for *_, is_least in both) else 0
    right = 14 + more + 8 * max((len(told) for _, told, _ in both), default=0)
    parts = []
    for place, (name, *two) in enumerate(values):
        y = place * _PAIR_HIGH
        parts.append(_text(0, y + 15, name))
        for line, ((value, told, is_least), fill) in enumerate(
            zip(two, (BAR, MISSING), strict=True)
        ):
            top, width = y + 20 + 16 * line, (_BARS_WIDE - right) * value / most
            parts.append(f'<rect x="0" y="{top}" width="{width:g}" height="14" fill="{fill}"/>')
            if is_least:
                parts.append(_goes_on(width, top, 14, fill))
                width += more
            parts.append(_text(width + 6, top + 12, told))
    return _drawing("bars", _BARS_WIDE, max(1, len(values)) * _PAIR_HIGH, label, parts)


_MONTHS_HIGH, _MONTHS_TOP = 140, 24


def columns(values: Sequence[tuple[str, int, str, bool]], label: str, years: Sequence[str],
            least: Collection[str] = ()) -> Markup:  # fmt: skip
    """One column a month, as time runs, where bars would be a long list. Told in words are the
    first, the largest and the last; `years`: what stands below, "" where nothing does. A month
    that is marked is of the period that was chosen; those of `least` go on in stripes."""
    most = max((value for _, value, _, _ in values), default=0) or 1
    step = _BARS_WIDE / max(len(values), 1)
    told = _told_apart(values, step)
    low = _MONTHS_TOP + _MONTHS_HIGH
    highest = _MONTHS_HIGH - (_GOES_ON if least else 0)
    parts = []
    for place, ((name, value, words, marked), year) in enumerate(zip(values, years, strict=True)):
        x, high = step * place, highest * value / most
        if name in least:
            parts.append(_goes_up(x, low - high, step - 2, BAR if marked else BEFORE))
        parts.append(
            f'<rect x="{x:g}" y="{low - high:g}" width="{step - 2:g}" height="{high:g}" '
            f'fill="{BAR if marked else BEFORE}"><title>{escape(name)}: {escape(words)}</title>'
            "</rect>"
        )
        if place in told:
            parts.append(_text(told[place], 14, words))
        if year:
            parts.append(_text(x, low + 17, year))
    return _drawing("bars", _BARS_WIDE, low + 24, label, parts)


def _told_apart(values: Sequence[tuple[str, int, str, bool]], step: float) -> dict[int, float]:
    """Where the numbers of the last month, the first and the largest stand, as far as there is room
    for each."""
    largest = max(range(len(values)), key=lambda at: values[at][1], default=0)
    found: dict[int, float] = {}
    for place in (len(values) - 1, 0, largest):
        wide = 8 * len(values[place][2])
        at = min(step * place, _BARS_WIDE - wide)
        if all(at + wide <= x or at >= x + 8 * len(values[of][2]) for of, x in found.items()):
            found[place] = at
    return found


_LEFT, _RIGHT, _BAR_WIDE = 250, 570, 12  # where the streams of a Sankey diagram start and end


def sankey(found: Flows, label: str, names: tuple[str, str]) -> Markup:
    """Streams between two rows of bars, each with its name and number; `names` of the two sides."""
    parts = [_text(_LEFT, 14, names[0], anchor="end"), _text(_RIGHT, 14, names[1])]
    parts += [_stream(each) for each in found.ribbons]
    for node in found.origins:
        parts += _end(node, _LEFT - _BAR_WIDE, _LEFT - _BAR_WIDE - 6, "end")
    for node in found.countries:
        parts += _end(node, _RIGHT, _RIGHT + _BAR_WIDE + 6, "start")
    return _drawing("streams", 800, found.high + 34, label, parts)


def _stream(each: Ribbon) -> str:
    top, end, middle = each.start_y + 28, each.end_y + 28, (_LEFT + _RIGHT) / 2
    low, low_end = top + each.high, end + each.high
    return (
        f'<path d="M{_LEFT} {top:.1f} C{middle:g} {top:.1f} {middle:g} {end:.1f} {_RIGHT} {end:.1f}'
        f" L{_RIGHT} {low_end:.1f} C{middle:g} {low_end:.1f} {middle:g} {low:.1f} {_LEFT} {low:.1f}"
        f'Z" fill="{each.origin.colour}" fill-opacity="0.6" stroke="#ffffff" stroke-width="0.4">'
        f"<title>{escape(each.origin.name)} – {escape(each.country.name)}: {escape(each.told)}"
        "</title></path>"
    )


def _end(node: Node, x: float, words_x: float, anchor: str) -> list[str]:
    y = node.y + 28
    words = f"{_short(node.name, 24)} {node.told}"
    return [
        f'<rect x="{x:g}" y="{y:.1f}" width="{_BAR_WIDE}" height="{max(node.high, 1):.1f}" '
        f'fill="{node.colour}"/>',
        _text(words_x, round(y + max(node.high, 10) / 2 + 5, 1), words, anchor=anchor),
    ]


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
