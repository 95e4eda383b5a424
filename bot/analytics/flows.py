"""From where to where: the published origins of a period, laid out as a Sankey diagram.

Only published numbers, and sums of them: small origins are drawn as one stream, which tells less
than the table beside it. Where everything lies is worked out here once; page and report draw it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.analytics.figures import Figure, Figures, is_rest
from bot.analytics.protect import ALL, REST, Place
from bot.analytics.vocabulary import OTHER, UNKNOWN
from bot.analytics.words import capital, place_name, row_name, text

# Okabe and Ito, "Color Universal Design" (jfly.uni-koeln.de/color, 2008): told apart with every
# kind of colour blindness. Every stream also bears its name at both ends.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
GREY, DARK = "#B8B8B8", "#4D4D4D"
HIGH, PITCH, GAP = 300.0, 20.0, 6.0  # of all streams together; of a name; between two nodes


@dataclass(frozen=True)
class Node:
    """One end: an origin on the left, a country on the right."""

    key: str
    name: str
    value: int
    y: float
    high: float
    colour: str
    told: str  # its number in words
    is_part: bool = False  # whether the table tells more of it than can be drawn


@dataclass(frozen=True)
class Ribbon:
    """One stream, from `start_y` on the left to `end_y` on the right."""

    origin: Node
    country: Node
    value: int
    told: str
    start_y: float
    end_y: float
    high: float


@dataclass(frozen=True)
class Flows:
    """The drawing, `high` units tall."""

    origins: Sequence[Node]
    countries: Sequence[Node]
    ribbons: Sequence[Ribbon]
    high: float

    @property
    def widest(self) -> Ribbon:
        """The largest stream between an origin and a country that are both known and not the
        same, else simply the largest."""
        told = [each for each in self.ribbons if _is_told(each)]
        return max(told or self.ribbons, key=lambda each: each.value)


def _is_told(ribbon: Ribbon) -> bool:
    ends = (ribbon.origin.key, ribbon.country.key)
    return ends[0] != ends[1] and not {REST, OTHER, UNKNOWN, "others"} & set(ends)


def flows(figures: Figures, language: str) -> Flows | None:
    """Of all countries; None where nothing is shown."""
    cells = {at: each.value for at, each in figures.cells("origins").items() if at[1] != ALL}
    parts = {at for at, each in figures.cells("origins").items() if each.is_least}
    streams = _joined(cells)
    if not streams:
        return None
    scale = HIGH / sum(streams.values())
    left, right = _totals(streams, 0), _totals(streams, 1)
    paint = dict(zip([each for each in left if each not in (REST, UNKNOWN)], COLOURS, strict=False))
    paint |= {REST: GREY, UNKNOWN: DARK}
    wholes = {key: each for key in left if (each := figures.at("origins", key))}
    wholes.pop(REST, None)  # small rows alone, and not all that is drawn as one
    origins = _placed({key: row_name(key, language) for key in left}, left,
                      paint, scale, _told(left, wholes, language))  # fmt: skip
    countries = _placed({key: place_name(key, language) for key in right}, right, {}, scale,
                        _sums_told(right, figures))  # fmt: skip
    high = max(side[-1].y + max(side[-1].high, PITCH) for side in (origins, countries))
    return Flows(origins, countries, _ribbons(origins, countries, streams, scale, parts), high)


def _joined(cells: Mapping[Place, int]) -> dict[Place, int]:
    """The largest origins by themselves, as many as there are colours; the others as one."""
    known = {at: each for at, each in cells.items() if not is_rest(at[0])}
    sizes = _totals(known, 0)
    alone = [each for each in sizes if each not in (OTHER, UNKNOWN)][: len(COLOURS)]
    streams: dict[Place, int] = defaultdict(int)
    for (row, country), value in cells.items():
        key = row if row in (*alone, UNKNOWN) else REST
        streams[key, country] += value
    return dict(streams)


def _totals(streams: Mapping[Place, int], side: int) -> dict[str, int]:
    """By origin (0) or country (1), the largest first; what is not known at the end."""
    totals: dict[str, int] = defaultdict(int)
    for place, value in streams.items():
        totals[place[side]] += value
    last = (REST, "others", UNKNOWN)

    def order(key: str) -> tuple[int, int]:
        return last.index(key) + 1 if key in last else 0, -totals[key]

    return {key: totals[key] for key in sorted(totals, key=order)}


def _told(drawn: Mapping[str, int], wholes: Mapping[str, Figure],
          language: str) -> dict[str, tuple[str, bool]]:  # fmt: skip
    """The number of an end, and whether it is a part: «110 de 135» where 25 are drawn with others,
    as no country shows them. Where more is drawn than the whole, that is rounding alone."""
    found = {}
    for key, value in drawn.items():
        whole, number = wholes.get(key), f"{value:,}"
        is_part = whole is not None and value < whole.value
        if whole is not None:
            of = f"{whole.value:,}{'+' if whole.is_least else ''}"
            number = text("part_of", language, part=number, whole=of) if is_part else of
        found[key] = number, is_part
    return found


def _sums_told(drawn: Mapping[str, int], figures: Figures) -> dict[str, tuple[str, bool]]:
    """The number of a country: its whole column, or at least that."""
    return {at: (f"{value:,}{'' if figures.is_whole('origins', at) else '+'}", False)
            for at, value in drawn.items()}  # fmt: skip


def _placed(names: Mapping[str, str], totals: Mapping[str, int], paint: Mapping[str, str],
            scale: float, told: Mapping[str, tuple[str, bool]]) -> list[Node]:  # fmt: skip
    found, y = [], 0.0
    for key, value in totals.items():
        high = value * scale
        found.append(Node(key, capital(names[key]), value, y, high, paint.get(key, DARK),
                          *told[key]))  # fmt: skip
        y += max(high, PITCH) + GAP
    return found


def _ribbons(origins: Sequence[Node], countries: Sequence[Node], streams: Mapping[Place, int],
             scale: float, parts: Collection[Place]) -> list[Ribbon]:  # fmt: skip
    found = []
    arrived: dict[str, float] = defaultdict(float)
    for origin in origins:
        left = 0.0
        for country in countries:
            value = streams.get((origin.key, country.key), 0)
            if value:
                high = value * scale
                more = "+" if (origin.key, country.key) in parts else ""
                found.append(Ribbon(origin, country, value, f"{value:,}{more}", origin.y + left,
                                    country.y + arrived[country.key], high))  # fmt: skip
                left += high
                arrived[country.key] += high
    return found
