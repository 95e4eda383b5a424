"""The town nearest to a shared location. The location itself is rounded and never kept."""

from __future__ import annotations

from functools import cache

from bot.directory.places import distance_km, every_town
from bot.knowledge.schema import COUNTRY_CODES

FARTHEST_KM = 120.0
BORDER_KM = 8.0
# About a kilometre: enough for a town, too little for a door.
DIGITS = 2


def nearest_town(location: tuple[float, float]) -> tuple[str | None, str | None]:
    """(country code, town) near (latitude, longitude); (None, None) where that is not sure.

    Near a border the town comes without a country: see `border_countries`.
    """
    point = (round(location[0], DIGITS), round(location[1], DIGITS))
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        return None, None
    # Far more than FARTHEST_KM at any inhabited latitude here: the rest need not be measured.
    close = [t for t in _towns() if abs(t[2][0] - point[0]) < 1.2 and abs(t[2][1] - point[1]) < 3]
    found = sorted((distance_km(point, there), code, name) for code, name, there in close)
    if not found or found[0][0] > FARTHEST_KM:
        return None, None
    _, country, town = found[0]
    # In a town on a border the nearest centre may lie on the other side: she must say it herself.
    if any(code != country and away < BORDER_KM for away, code, _ in found):
        return None, town
    return country, town


def border_countries(town: str) -> tuple[str, ...]:
    """The countries that meet near a town of that name, its own first; none where none do."""
    for code, name, point in _towns():
        if name != town:
            continue
        near = [other for other, _, there in _towns()
                if other != code and abs(there[0] - point[0]) < 1
                and distance_km(point, there) < 2 * BORDER_KM]  # fmt: skip
        if near:
            return tuple(dict.fromkeys([code, *near]))
    return ()


def town_on_side(town: str, country: str) -> str | None:
    """The town itself where it lies in `country`, else the nearest one across the border."""
    points = [(code, point) for code, name, point in _towns() if name == town]
    if not points or any(code == country for code, _ in points):
        return town if points else None
    here = points[0][1]
    across = [(distance_km(here, point), name) for code, name, point in _towns()
              if code == country and abs(point[0] - here[0]) < 1]  # fmt: skip
    return min(across)[1] if across else None


@cache
def _towns() -> tuple[tuple[str, str, tuple[float, float]], ...]:
    return tuple(
        (code, town.name, town.point)
        for code in COUNTRY_CODES
        for town in every_town(code)
        if town.point is not None
    )
