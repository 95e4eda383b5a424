"""A place found in a message, and what all its places say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .place_roles import DESTINATION, LOCATION, ORIGIN


@dataclass(frozen=True)
class Place:
    """One place named in a message.

    `role` None: somebody else's place, or no place but a sign of one (`weak`: an institution).
    `hers` is False for somebody else's place ("mi hermana está en …"); `present` says "here, now";
    `homeward` that she goes back there, `returned` that she has; `home` that women mostly leave
    that country; `transit` that she only came through; `aside` that it counts only where no other
    place does; `foreign` that nobody is served there; `stated` that she says "soy de";
    `people` that it is a word for those of there; `removed` that she was deported from there;
    `owed` that her pay is owed there; `native` that she says "soy de" of a town and nothing of
    being away; `national` that it is a paper of those of there; `seat` is the town or state that
    an institution is in; `registry` that it keeps the papers of those born in the country.
    """

    start: int
    end: int
    text: str
    entity: str
    value: str
    country: str | None
    role: str | None
    candidates: tuple[str, ...] = ()
    confidence: float = 1.0
    hers: bool = True
    present: bool = False
    homeward: bool = False
    home: bool = False
    returned: bool = False
    transit: bool = False
    aside: bool = False
    foreign: bool = False
    stated: bool = False
    weak: bool = False
    people: bool = False
    removed: bool = False
    owed: bool = False
    native: bool = False
    national: bool = False
    registry: bool = False
    seat: str | None = None


@dataclass(frozen=True)
class Summary:
    """What the places of a message say together: ISO codes, and the town's name.

    `guessed`: the country is only that of people spoken of ("me casé con beliceño"), or that of a
    town that she is from.

    `candidates` are the countries where a town that she names may be, when nothing settles it.
    """

    country: str | None = None
    origin: str | None = None
    destination: str | None = None
    city: str | None = None
    candidates: tuple[str, ...] = ()
    guessed: bool = False


def summarise(places: Sequence[Place]) -> Summary:
    """One answer from all places: hers before others', a location before a destination, a country
    that is served before one where she only has somebody or something."""
    if not places:
        return Summary()
    ordered = _unless_hers_is_open(places)
    ordered = sorted(ordered, key=lambda p: (not p.owed, not p.hers, not p.present))
    everywhere = [place for place in ordered if place.role == LOCATION]
    locations = [place for place in everywhere if not place.transit and not place.aside]
    asides = [place for place in everywhere if place.aside]
    goals = [place for place in ordered if place.role == DESTINATION]
    new_goals = [place for place in goals if not place.homeward]
    left_behind = [place for place in locations if place.home and not place.present]
    signs = [place for place in ordered if place.role is None and place.weak]
    abroad = [place for place in locations if place not in left_behind]
    here = _first_country([place for place in abroad if place.hers])
    behind = _served(left_behind)
    here = here or _first_country([place for place in behind if place.hers])
    here = here or _first_country(abroad)
    bodies = [place for place in _served(signs) if not (place.home or place.people)]
    here = here or _first_country(bodies if behind else ()) or _first_country(behind)
    # "venezolanas en Necoclí": left behind is only where she says that she is from.
    said = {place.country for place in ordered if place.role == ORIGIN and place.stated}
    here = here or _first_country([p for p in left_behind if p.hers and said - {p.country}])
    where = here or _first_country(_served((*new_goals, *asides, *signs)))
    if where is None:
        here = _first_country(left_behind)
        where = here or _first_country((*new_goals, *asides))
    origin = _origin(ordered, left_behind, where)
    removed = any(place.removed for place in asides)
    if removed and origin and not new_goals and not any(place.hers for place in locations):
        where, asides = origin, []  # deported: back where she is from
    if where is None and origin is None and not locations:
        locations = [place for place in everywhere if place.transit]
        where = _first_country(locations)
    homeward = [place for place in goals if place.homeward and place.hers]
    if where is None and not everywhere:
        goals_of_hers = _served(homeward)
        where = _first_country(goals_of_hers)
        new_goals = goals_of_hers if where else new_goals
    natives = [place for place in ordered if place.native]
    is_native = where is None and origin is not None and bool(natives)
    if is_native:
        where = _first_country([place for place in natives if place.country == origin])
    open_places = [place for place in locations if place.country is None]
    return Summary(
        country=where,
        origin=origin,
        destination=_first_country(goals),
        city=_town((*locations, *new_goals, *asides), where)
        or _seat(signs, where)
        or _town([place for place in ordered if place.role == ORIGIN and place.country], where),
        candidates=open_places[0].candidates if open_places and not where else (),
        guessed=bool(where)
        and (
            is_native
            or all(place.people and place.weak for place in ordered if place.country == where)
        ),
    )


def _unless_hers_is_open(places: Sequence[Place]) -> Sequence[Place]:
    """All of them; without somebody else's, where she says a town that may lie in several
    countries: his country is not hers."""
    hers = [p for p in places if p.role == LOCATION and p.hers and not (p.transit or p.aside)]
    if not hers or any(place.country for place in hers):
        return places
    return [place for place in places if place.hers]


def _served(places: Sequence[Place]) -> list[Place]:
    return [place for place in places if not place.foreign]


def _town(places: Sequence[Place], where: str | None) -> str | None:
    """The first town of the country where she is, or one whose country is open."""
    towns = [place for place in places if place.entity == "city"]
    return next((place.value for place in towns if place.country in (where, None)), None)


def _seat(signs: Sequence[Place], where: str | None) -> str | None:
    """The town or state of an institution, where no town is named."""
    return next((place.seat for place in signs if place.seat and place.country == where), None)


def _origin(places: Sequence[Place], left_behind: Sequence[Place], here: str | None) -> str | None:
    """Where she is from: said ("soy de" before "salí de"), else where she goes back to or has
    gone back to, else a home of hers told of from elsewhere.

    A town she left inside the country where she is does not count.
    """
    said = [place for place in places if place.role == ORIGIN]
    said = [
        place
        for place in said
        if place.country != here or place.entity == "country" or place.stated
    ]
    said.sort(key=lambda place: (not place.stated, place.homeward))
    goals = [place for place in places if place.role == DESTINATION and place.hers]
    back = [place for place in goals if place.homeward]
    gone_back = [place for place in places if place.returned and place.hers]
    behind = [place for place in left_behind if place.hers and place.country != here]
    away = [place for place in back if place.country != here]
    abroad = [place for place in places if place.registry and here not in (None, place.country)]
    papers = [place for place in places if place.national] + abroad
    return _first_country(said) or _first_country((*away, *gone_back, *behind, *papers))


def _first_country(places: Sequence[Place]) -> str | None:
    return next((place.country for place in places if place.country), None)
