"""Published figures for a period of the fixed list, and nothing computed from anything else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.analytics.cuts import cuts
from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.protect import ALL, OTHERS, REST, Place
from bot.analytics.vocabulary import COUNTRIES


class UnknownPeriod(ValueError):
    """A period or country that is not on the fixed list."""


@dataclass(frozen=True)
class Period:
    """A month ("2026-11"), quarter ("2026-Q4") or year ("2026") with all its months published."""

    name: str
    months: tuple[str, ...]

    @property
    def previous(self) -> str:
        """The name of the period before."""
        year = int(self.name[:4])
        if "Q" in self.name:
            quarter = int(self.name[-1])
            return f"{year}-Q{quarter - 1}" if quarter > 1 else f"{year - 1}-Q4"
        if "-" in self.name:
            month = int(self.name[5:])
            return f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
        return str(year - 1)


@dataclass(frozen=True)
class Figure:
    """A number, and whether some months of the period had it merged: then it is at least that."""

    value: int
    is_least: bool


def added(figures: Iterable[Figure], *, is_least: bool) -> Figure:
    """Their sum. Whether it is all of what it names only the caller knows: numbers of which each
    is at least so many may be whole together (see `Figures.is_whole`)."""
    return Figure(sum(each.value for each in figures), is_least)


def published_months(engine: Engine) -> list[str]:
    """Every published month, the first one first."""
    with Session(engine) as session:
        return list(session.scalars(select(Publication.month).order_by(Publication.month)))


def periods(months: list[str]) -> dict[str, Period]:
    """The fixed list, the newest first: months, whole quarters, whole years."""
    found: dict[str, tuple[str, ...]] = {month: (month,) for month in months}
    for year in sorted({month[:4] for month in months}):
        of_year = tuple(f"{year}-{number:02d}" for number in range(1, 13))
        found |= {f"{year}-Q{q + 1}": of_year[3 * q : 3 * q + 3] for q in range(4)}
        found[year] = of_year
    whole = {name: each for name, each in found.items() if set(each) <= set(months)}
    order = sorted(whole, key=lambda name: (len(whole[name]) == 1, whole[name][-1]), reverse=True)
    return {name: Period(name, whole[name]) for name in order}


class Shelf:
    """Figures that have been read before; at most `most` periods, the oldest go first."""

    def __init__(self, engine: Engine, most: int = 240) -> None:
        self._engine, self._most = engine, most
        self._kept: dict[str, Figures] = {}

    def figures(self, period: Period) -> Figures:
        """The period's."""
        found = self._kept.get(period.name)
        return found or self._keep(period.name, read(self._engine, period))

    def by_month(self, months: Sequence[str], *cuts: str) -> list[Figures]:
        """Those of each month in these cuts alone, which one question to the database brings."""
        names = {month: " ".join((month, *cuts)) for month in months}
        missing = [month for month, name in names.items() if name not in self._kept]
        fresh = {names[month]: each for month, each in
                 zip(missing, read_months(self._engine, missing, cuts), strict=True)}  # fmt: skip
        return [self._kept.get(name) or self._keep(name, fresh[name]) for name in names.values()]

    def _keep(self, name: str, found: Figures) -> Figures:
        self._kept[name] = found
        while len(self._kept) > self._most:
            self._kept.pop(next(iter(self._kept)), None)
        return found


Cells = dict[str, dict[Place, Figure]]


def read(engine: Engine, period: Period) -> Figures:
    """All that is published of a period: summed where it lies, for a year has twelve times as many
    rows as it has figures."""
    each = PublishedFigure
    wanted = (
        select(each.cut, each.row, each.country, func.sum(each.value), func.count(),
               func.count(Publication.epsilon))
        .outerjoin(Publication, Publication.month == each.month)
        .where(each.month.in_(period.months))
        .group_by(each.cut, each.row, each.country)
    )  # fmt: skip
    months_of = (
        select(each.cut, each.country)
        .where(each.month.in_(period.months))
        .group_by(each.cut, each.country)
        .having(func.count(each.month.distinct()) == len(period.months))
    )
    found: Cells = {}
    is_noisy = False
    with engine.connect() as connection:
        steady = {(cut, country) for cut, country in connection.execute(months_of)}
        for cut, row, country, value, months, noisy in connection.execute(wanted):
            figure = Figure(int(value), months < len(period.months))
            found.setdefault(cut, {})[row, country] = figure
            is_noisy |= noisy > 0
    return Figures(period, found, steady, is_noisy=is_noisy)


def read_months(engine: Engine, months: Sequence[str], cuts: Sequence[str]) -> list[Figures]:
    """What is published of some cuts in each month."""
    each = PublishedFigure
    wanted = (
        select(each.month, each.cut, each.row, each.country, each.value, Publication.epsilon)
        .outerjoin(Publication, Publication.month == each.month)
        .where(each.month.in_(months), each.cut.in_(cuts))
    )
    found: dict[str, Cells] = {month: {} for month in months}
    noisy = set()
    if months:
        with engine.connect() as connection:
            for month, cut, row, country, value, epsilon in connection.execute(wanted):
                found[month].setdefault(cut, {})[row, country] = Figure(value, False)
                noisy |= {month} if epsilon else set()
    return [Figures(Period(month, (month,)), cells, is_noisy=month in noisy)
            for month, cells in found.items()]  # fmt: skip


class Figures:
    """All cuts of one period, or some. Published figures never change: these may be kept."""

    def __init__(self, period: Period, cells: Mapping[str, Mapping[Place, Figure]],
                 steady: Collection[Place] | None = None, *,
                 is_noisy: bool = False) -> None:  # fmt: skip
        """`steady`: the cuts and countries of which every month has a number; None where the
        figures are of one month."""
        self.period = period
        self._cells, self._steady, self._is_noisy = cells, steady, is_noisy

    def at(self, cut: str, row: str, country: str = ALL) -> Figure | None:
        """One number; None where it is not shown."""
        return self._cells.get(cut, {}).get((row, country))

    def cells(self, cut: str) -> Mapping[Place, Figure]:
        """All that is shown of a cut."""
        return self._cells.get(cut, {})

    def rows(self, cut: str, country: str = ALL) -> dict[str, Figure]:
        """The numbers of a country (ALL: of all together), the largest first, rests last."""
        found = {r: n for (r, c), n in self.cells(cut).items() if c == country}
        return dict(sorted(found.items(), key=_largest_first))

    def total(self, cut: str, country: str = ALL) -> Figure | None:
        """The sum of a country's column."""
        return self.beyond(cut, (), country)

    def beyond(self, cut: str, rows: Collection[str], country: str = ALL) -> Figure | None:
        """Everything of a country's column but these rows; None where there is nothing."""
        found = [each for row, each in self.rows(cut, country).items() if row not in rows]
        return added(found, is_least=not self.is_whole(cut, country)) if found else None

    def is_whole(self, cut: str, country: str = ALL) -> bool:
        """Whether all that was counted in a country is in its column. It is where the country has
        a column in every month: what is not shown apart is in its rests then, though each month in
        others. Noise leaves small rests out."""
        column = self.rows(cut, country)
        if self._is_noisy:
            steady = {row for row, each in column.items() if not each.is_least}
            return REST in steady or steady.issuperset(cuts()[cut].rows)
        return bool(column) if self._steady is None else (cut, country) in self._steady


def _largest_first(line: tuple[str, Figure]) -> tuple[bool, int, str]:
    """Equal ones by name, so that page and report call the same one the largest."""
    row, each = line
    return is_rest(row), -each.value, row


def is_rest(row: str) -> bool:
    """Whether a row is a sum of merged ones."""
    return row == REST or row.startswith(f"{REST}:")


def checked_country(country: str) -> str:
    """The country, or ALL; raises UnknownPeriod."""
    if country not in (*COUNTRIES, OTHERS, ALL):
        raise UnknownPeriod(f"expected one of {', '.join(COUNTRIES)} or {ALL}")
    return country
