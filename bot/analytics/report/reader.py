"""Reads a cut's published figures into bars, grids and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.analytics.cuts import GAP, cuts
from bot.analytics.figures import Figure, Figures, is_rest
from bot.analytics.protect import ALL, OTHERS
from bot.analytics.report.parts import NOTHING, Bars, Cell, Grid, Line
from bot.analytics.report.words import number, text
from bot.analytics.vocabulary import OTHER, UNKNOWN
from bot.analytics.words import (
    capital,
    column_name,
    name_among,
    rest_of_each,
    row_name,
    sum_of_rows,
)

IN_ORDER = ("themes", "corrections", "delivery")  # rows that follow one another


@dataclass(frozen=True)
class Reader:
    """The figures of the period and of the one before, in a language."""

    now: Figures
    before: Figures | None
    language: str
    country: str = ALL  # of whom it tells

    def at(self, cut: str, row: str) -> Figure | None:
        """A number of that country."""
        return self.now.at(cut, row, self.country)

    def rows(self, cut: str) -> dict[str, Figure]:
        """All of them, the largest first."""
        return self.now.rows(cut, self.country)

    def say(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def bars(self, title: str, cut: str, rows: Sequence[str], *,
             in_order: bool = False) -> Iterator[Bars]:  # fmt: skip
        """Of the rows that are shown; the largest first, or as they follow, and rests last."""
        shown = [(row, each) for row in rows if (each := self.at(cut, row))]
        if not in_order:
            shown.sort(key=lambda each: (is_rest(each[0]), -each[1].value))
        names = [row for row, _ in shown]
        lines = [Line(capital(name_among(row, cut, names, self.language)), each.value,
                      self._told(cut, row, each), is_rest(row), each.is_least)
                 for row, each in shown]  # fmt: skip
        if lines:
            yield Bars(self.say(title), lines)

    def _told(self, cut: str, row: str, each: Figure) -> str:
        """With the number of the period before, where the two can be compared."""
        then = self.before.at(cut, row, self.country) if self.before else None
        told = number(each, self.language)
        if then is None or then.is_least or each.is_least or is_rest(row):
            return told
        return f"{told}  ({self.say('before', number=number(then, self.language))})"

    def grid(self, title: str, cut: str, rows: Sequence[str], corner: str) -> Iterator[Grid]:
        """Rows by the countries of which anything is shown; none where there is no such country,
        or where one country is told of."""
        if self.country != ALL:
            return
        cells = self.now.cells(cut)
        at = [
            each
            for each in (*cuts()[cut].columns, OTHERS)
            if any((row, each) in cells for row in rows)
        ]
        lines: list[tuple[str, list[Cell]]] = [
            (self._line_name(row), [cells.get((row, each)) for each in (ALL, *at)])
            for row in self._ordered(cut, rows)
            if not is_rest(row) and any((row, each) in cells for each in (ALL, *at))
        ]
        lines += self._rests(cut, rows, at)
        if lines and at:
            codes = [code(each, self.language) for each in at]
            whole = [column_name(cut, each, self.language) for each in at]
            names = "; ".join(name if name.startswith(short) else f"{short} {name}"
                              for short, name in zip(codes, whole, strict=True))  # fmt: skip
            yield Grid(self.say(title), self.say(corner), [self.say("all"), *codes], lines,
                       self.say("codes", names=names))  # fmt: skip

    def _line_name(self, row: str) -> str:
        return capital(row_name(row.removesuffix(GAP), self.language))  # the title says the rest

    def _ordered(self, cut: str, rows: Sequence[str]) -> Sequence[str]:
        """As in the bars above it: the largest first, but for rows that follow one another."""
        if cut in IN_ORDER:
            return rows
        return sorted(rows, key=lambda row: -(each.value if (each := self.at(cut, row)) else 0))

    def _rests(self, cut: str, rows: Sequence[str], at: Sequence[str]
               ) -> Iterator[tuple[str, list[Cell]]]:  # fmt: skip
        """As on the page (bot/analytics/maps.py): rows that are small everywhere, and what is
        hidden in each country, are not the same and have no line in common."""
        cells = self.now.cells(cut)
        rests = [row for row in rows if is_rest(row)]
        for row in rests:
            if (row, ALL) in cells:
                name = sum_of_rows(row, cut, rows, self.language)
                yield name, [cells[row, ALL], *[NOTHING] * len(at)]
        for row in rests:
            if any((row, each) in cells for each in at):
                told: list[Cell] = [cells.get((row, each), NOTHING) for each in at]
                yield rest_of_each(row, cut, self.language), [NOTHING, *told]

    def in_all(self, key: str, cut: str, row: str) -> str:
        """One number in a sentence, with that of the period before; empty where it is not shown."""
        each = self.at(cut, row)
        if each is None:
            return ""
        what = capital(row_name(row, self.language))
        return self.say(key, what=what, number=self._told(cut, row, each))

    def most(self, key: str, cut: str, rows: Sequence[str]) -> str:
        """The largest in a sentence; empty where none is shown."""
        found = next(((row, each) for row, each in self.rows(cut).items() if row in rows), None)
        if found is None:
            return ""
        row, each = found
        what = row_name(row.removesuffix(GAP), self.language)
        return self.say(key, what=what, number=number(each, self.language))


def code(country: str, language: str) -> str:
    """A column's short name."""
    return {OTHERS: text("few", language), UNKNOWN: "?", "whatsapp": "WA", "telegram": "TG",
            "sms": "SMS", "web": "Web", OTHER: "…"}.get(country, country)  # fmt: skip
