"""What a reader of several tables takes for granted of their rows, whatever is hidden.

Rows of one table that are sums of rows of another, where every woman asks one thing; and what is
true however much she asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.analytics.cuts import LOST_ROW, UNANSWERED, cuts
from bot.analytics.linear import Choice, Sums
from bot.analytics.protect import Place, Table
from bot.analytics.vocabulary import CHILDREN, COUNTRIES, CRISES, REPORT, themes, with_children

Cell = tuple[str, Place]  # a table's name, a cell
Rows = tuple[str, tuple[str, ...]]  # a table's name, rows whose sum is meant
# Of whatever she asks: every conversation is in one row of each of these.
ALWAYS = ("visits", "phases", "origins", "channels", "hours", "latency")
ALARMED: tuple[Rows, Rows] = (("outcomes", ("crisis_card",)), ("topics", tuple(CRISES)))


def _rows(cut: str, start: str = "", ending: str = "") -> Rows:
    rows = cuts()[cut].rows
    return cut, tuple(row for row in rows if row.startswith(start) and row.endswith(ending))


def links() -> Iterator[tuple[Rows, Rows]]:
    """Rows of two tables with the same sum in every country, where every woman asks one thing.

    That every card is for danger or distress (ALARMED) is not so (a birth, a ransom): it is taken
    for granted all the same, because a reader may; where it fails, see `_compare`.
    """
    crisis, service = ALARMED[0], ("topics", ("find_service",))
    for intent, kind in CRISES.items():
        yield ("topics", (intent,)), _rows("crises", f"{kind}:")
    yield crisis, _rows("crises")
    yield ALARMED
    for end in ("service_found", "none_found"):
        yield ("outcomes", (end,)), _rows("services", ending=f":{end}")
    yield service, _rows("services")
    yield service, ("outcomes", ("service_found", "none_found"))
    yield ("outcomes", UNANSWERED), _rows("unanswered")
    yield ("outcomes", (LOST_ROW,)), ("unanswered", (LOST_ROW,))
    yield _rows("volume"), _rows("topics")
    for theme, topics in themes().items():
        yield ("themes", (theme,)), ("topics", topics)
    yield _rows("volume"), _rows("outcomes")
    for name in ALWAYS:
        yield _rows("volume"), _rows(name)
    yield ("topics", (REPORT,)), _rows("corrections")


def by_channel(channel: str) -> tuple[list[Cell], list[Cell]]:
    """Who writes by a channel is answered there: both have the same sum."""
    rows, of = cuts()["channels"], cuts()["delivery"]
    return ([("channels", (row, country)) for row in rows.rows for country in rows.columns
             if row.startswith(f"{channel}:")],
            [("delivery", (row, channel)) for row in of.rows])  # fmt: skip


def _at(rows: Rows, country: str) -> list[Cell]:
    return [(rows[0], (row, country)) for row in rows[1]]


class Granted:
    """Of these tables, rounded to `step`: all cells, each with its place among them, and the sums
    that a reader takes for granted. What is hidden does not change them: they are made once.

    `choices`: what readers found all numbers could be. Each that is still possible, where more is
    hidden, shows without the solver of which cells nothing can be proved. It grows.
    """

    def __init__(self, tables: Mapping[str, Table], threshold: int, step: int) -> None:
        self.threshold, self.step = threshold, step
        self.cells: list[Cell] = [
            (name, (row, country)) for name, table in tables.items()
            for row in table.headings for country in table.countries
        ]  # fmt: skip
        self.at = {cell: number for number, cell in enumerate(self.cells)}
        self.values = {
            (name, place): table.at(place).conversations
            for name, table in tables.items()
            for place in {*table.counts} | {place for of, place in self.cells if of == name}
        }
        self.sums = Sums(len(self.cells))
        self.choices: list[Choice] = []
        for left, right in links():
            if left[0] in tables and right[0] in tables:
                for country in COUNTRIES:
                    self._compare(_at(left, country), _at(right, country),
                                  of_alarms=(left, right) == ALARMED)  # fmt: skip
        if "channels" in tables and "delivery" in tables:
            for channel in tables["delivery"].countries:
                self._compare(*by_channel(channel))
        if "topics" in tables and "unanswered" in tables:
            for name, place in self.cells:
                if name == "unanswered" and place[0] != LOST_ROW:  # part of those who asked
                    both = [self.at[name, place], self.at["topics", place]]
                    self.sums.add(both, [1, -1], -float("inf"), 0)
        if "themes" in tables and "topics" in tables:
            for theme, topics in themes().items():
                for country in COUNTRIES:
                    self._cover(theme, topics, country)
        if "themes" in tables:
            for country in COUNTRIES:
                self._at_most([("themes", (CHILDREN, country))],
                              [("themes", (theme, country)) for theme in with_children()]
                              )  # fmt: skip

    def of(self, cells: Sequence[Cell]) -> int:
        """How many conversations there are in them."""
        return sum(self.values[cell] for cell in cells)

    def _cover(self, theme: str, topics: Sequence[str], country: str) -> None:
        """Whoever asks of a topic asks of its theme, and the other way round: a theme is no less
        than each of its topics and no more than all of them, whatever else a woman asks."""
        cells: list[Cell] = [("topics", (topic, country)) for topic in topics]
        whole = "themes", (theme, country)
        for parts in ([each] for each in cells):
            self._at_most(parts, [whole])
        self._at_most([whole], cells)

    def _at_most(self, left: Sequence[Cell], right: Sequence[Cell]) -> None:
        """The first sum is not more than the second; where it is, as after so many cells that one
        conversation may count in, he knows by how much at most."""
        more = self.of(left) - self.of(right)
        signs = [1] * len(left) + [-1] * len(right)
        self.sums.add([self.at[cell] for cell in (*left, *right)], signs,
                      -float("inf"), max(0, more))  # fmt: skip

    def _compare(self, left: Sequence[Cell], right: Sequence[Cell], *,
                 of_alarms: bool = False) -> None:  # fmt: skip
        """Both sums are the same; where they are not, he knows how much they may differ at most."""
        apart = abs(self.of(left) - self.of(right))
        if apart and of_alarms:
            # These are the cards for another emergency. To be told that there is one is no
            # proof from figures, and to hide figures is no help against it.
            apart = max(apart, self.threshold)
        self.sums.add([self.at[cell] for cell in (*left, *right)],
                      [1] * len(left) + [-1] * len(right), -apart, apart)  # fmt: skip
