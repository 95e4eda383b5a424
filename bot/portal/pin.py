"""Where the map puts a place: a drawing of its country's towns, with a pin.

Dots of the gazetteer, no foreign map: nobody else learns which place is being looked at, and the
page needs no script and two kilobytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians

from bot.directory.models import Service
from bot.directory.places import Town, every_town, find_place
from bot.knowledge.schema import COUNTRY_CODES

WIDTH, TALLEST, EDGE = 300, 300, 8
DOTS = 250
CHOICES = 150  # towns that are offered while she types


@dataclass(frozen=True)
class Frame:
    """A country on a rectangle."""

    west: float
    north: float
    scale: float  # signs a degree of latitude
    squeeze: float  # of a degree of longitude, at this latitude
    height: int

    def at(self, point: tuple[float, float]) -> tuple[int, int]:
        """Latitude and longitude on the drawing."""
        latitude, longitude = point
        across = (longitude - self.west) * self.squeeze * self.scale
        return round(EDGE + across), round(EDGE + (self.north - latitude) * self.scale)


@dataclass(frozen=True)
class Pin:
    """The drawing; `spot` is None where the town is not known or none is written."""

    height: int
    dots: str  # the path of an SVG
    spot: tuple[int, int] | None
    town: str
    state: str
    link: str  # the same on a street map
    width: int = WIDTH


def pin(country: str, city: str, state: str, record: Service | None) -> Pin | None:
    """As the form has it; None where the country has no gazetteer."""
    frame = _frame(country)
    if frame is None:
        return None
    town = find_place(country, city, state or None) or find_place(country, city) if city else None
    point = _own_point(record, city) or (town.point if town else None)
    link = ""
    if point:
        latitude, longitude = point
        place = f"mlat={latitude:.5f}&mlon={longitude:.5f}#map=15/{latitude:.5f}/{longitude:.5f}"
        link = f"https://www.openstreetmap.org/?{place}"
    return Pin(
        frame.height, _dots(country), frame.at(point) if point else None,
        town.name if town else city, town.state if town else state, link,
    )  # fmt: skip


@cache
def choices(country: str) -> tuple[tuple[str, int, int], ...]:
    """The largest towns by name, each with its point on the drawing."""
    frame = _frame(country)
    found: dict[str, tuple[str, int, int]] = {}
    for town in _largest(country, CHOICES) if frame else []:
        if frame and town.point:
            found.setdefault(town.name, (town.name, *frame.at(town.point)))
    return tuple(sorted(found.values()))


def _own_point(record: Service | None, city: str) -> tuple[float, float] | None:
    """What is stored: nearer than the middle of the town, while the town is the same."""
    if record is None or record.confidential_location:
        return None
    for place in record.locations:
        if place.city == city and place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
    return None


def _largest(country: str, many: int) -> list[Town]:
    if country not in COUNTRY_CODES:
        return []
    known = [each for each in every_town(country) if each.point]
    return sorted(known, key=lambda each: -each.population)[:many]


@cache
def _frame(country: str) -> Frame | None:
    points = [each.point for each in _largest(country, DOTS) if each.point]
    if not points:
        return None
    latitudes, longitudes = zip(*points, strict=True)
    squeeze = cos(radians((max(latitudes) + min(latitudes)) / 2))
    wide = max((max(longitudes) - min(longitudes)) * squeeze, 0.1)
    tall = max(max(latitudes) - min(latitudes), 0.1)
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)
    return Frame(
        min(longitudes), max(latitudes), scale, squeeze, round(tall * scale + 2 * EDGE)
    )  # fmt: skip


@cache
def _dots(country: str) -> str:
    frame = _frame(country)
    assert frame
    spots = {frame.at(each.point) for each in _largest(country, DOTS) if each.point}
    return "".join(f"M{x} {y}h0" for x, y in sorted(spots))
