"""Somebody tries to find out about one woman from what is published."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.analytics import linked, protect
from bot.analytics.alerts.months import of_months
from bot.analytics.alerts.rules import rules
from bot.analytics.audit import Edge, Sums
from bot.analytics.cuts import cuts
from bot.analytics.figures import Period, Shelf
from bot.analytics.flows import flows
from bot.analytics.linked import close
from bot.analytics.models import Publication
from bot.analytics.protect import ALL, OTHERS, Count, Place, Plan, Table, people, protected
from bot.analytics.report.contents import report
from bot.analytics.together import known_totals, plans
from bot.analytics.vocabulary import CHILDREN, COUNTRIES, CRISES, REPORT, THEMES, themes
from bot.database import open_engine
from tests.analytics.attacks import (
    Cell,
    bounds,
    known_sums,
    opened,
    recovered,
    totals_from_elsewhere,
)
from tests.analytics.conftest import AT
from tests.analytics.counting import put
from tests.analytics.linked import (
    ALWAYS,
    all_tables,
    linked_counts,
    linked_tables,
    one_question_each,
)
from tests.analytics.shared import plan_for
from tests.analytics.year import Visit, month_of, tables, tables_of

K = 10


def small_table(*rows: tuple[int, ...]) -> Table:
    names = [f"row{number}" for number in range(len(rows))]
    countries = tuple("ABCDEFGH"[: len(rows[0])])
    counts = {
        (name, country): Count(value, value)
        for name, row in zip(names, rows, strict=True)
        for country, value in zip(countries, row, strict=True)
    }
    return Table(dict.fromkeys(names, ""), countries, counts)


def test_a_single_hidden_number_would_follow_from_the_sums() -> None:
    """That the attack works at all, against hiding without any second hidden number."""
    plan = Plan(small_table((40, 50, 3), (60, 70, 80)), K, hidden={("row0", "C")})

    assert recovered({"naive": plan}, K) == ["naive ('row0', 'C'): 3 to 3"]


def test_a_single_rare_number_is_joined_by_others() -> None:
    plan = plan_for(small_table((40, 50, 3), (60, 70, 80)), K)

    assert len(plan.hidden) >= 4
    assert recovered({"table": plan}, K) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 6))
def test_nothing_follows_from_any_table(seed: int, height: int, width: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    rows = [tuple(rng.choice((0, 1, 4, 9, 12, 30, 200)) for _ in range(width))
            for _ in range(height)]  # fmt: skip
    plan = plan_for(small_table(*rows), K)

    if plan.withheld:
        assert protected(plan.table, K) == {}
    else:
        assert recovered({"any": plan}, K) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_two_ways_of_working_out_agree(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    table = small_table(*(tuple(rng.choice((0, 2, 15)) for _ in range(4)) for _ in range(4)))
    plan = Plan(table, K, hidden={p for p in table.counts if rng.random() < 0.6})
    if not plan.hidden:
        return
    by_program = bounds(known_sums("t", plan), [("t", place) for place in plan.hidden])
    sums = Sums(plan.edges())

    for place in plan.hidden:
        value = table.at(place).conversations
        low, high = by_program["t", place]
        assert value - sums.can_shrink(place) == low
        assert value + sums.can_grow(place, 10_000) == min(high, value + 10_000)


def test_an_edge_that_is_alone_in_its_sums_is_exactly_known() -> None:
    sums = Sums({("r", "c"): Edge(("r", ALL), ("rest", "c"), 4)})

    assert (sums.can_shrink(("r", "c")), sums.can_grow(("r", "c"), 10)) == (0, 0)


@pytest.mark.parametrize("number", [60, 2_000])
def test_a_month_tells_of_no_rare_number(number: int) -> None:
    plans = {name: plan_for(table, K) for name, table in tables_of(number, 3).items()}

    assert recovered({n: p for n, p in plans.items() if not p.withheld}, K, most=8) == []


ONE_EACH = ("volume", "phases", "origins", "channels", "hours", "visits")


@pytest.mark.parametrize("number", [150, 900])
def test_a_total_from_one_table_does_not_open_another(number: int) -> None:
    """What is joined over countries in one table must not come apart by another's totals."""
    made = tables_of(number, 8)
    plans = {name: plan_for(made[name], K) for name in ONE_EACH}
    plans = {name: plan for name, plan in plans.items() if not plan.withheld}

    assert recovered(plans, K, most=8, totals=totals_from_elsewhere(plans)) == []


def test_every_published_sum_stands_for_at_least_ten_conversations() -> None:
    for name, table in tables_of(1_500, 5).items():
        plan = plan_for(table, K)
        if plan.withheld:
            assert not sum(count.conversations for count in table.counts.values())
            continue
        for place in plan.shown():
            assert table.at(place).conversations >= K, (name, place)
        for block, places in plan.column_blocks().items():
            assert people(map(table.at, places)) >= K, (name, block)
        for block, rows in plan.row_blocks().items():
            cells = [(row, country) for row in rows for country in table.countries]
            assert people(map(table.at, cells)) >= K, (name, block)
            hidden = [cell for cell in cells if cell in plan.hidden]
            assert not hidden or people(map(table.at, hidden)) >= K, (name, block)


def test_topics_and_unanswered_topics_together_tell_no_more() -> None:
    """One table is part of the other: the difference would be the few who were answered."""
    both = tables_of(1_200, 7)
    plans = {name: plan_for(both[name], K) for name in ("topics", "unanswered")}
    sums = [each for name, plan in plans.items() for each in known_sums(name, plan)]
    topics = both["topics"]
    every = [(row, country) for row in topics.headings for country in topics.countries]
    parts = [(("unanswered", place), ("topics", place)) for place in every]
    few = [("topics", place) for place in sorted(plans["topics"].hidden)
           if 0 < topics.at(place).conversations < K][:4]  # fmt: skip

    for cell, (low, high) in bounds(sums, few, parts).items():
        assert low == 0, cell
        assert high >= K, cell


def _with_rare_question(others: list[Visit], country: str, times: int) -> list[Visit]:
    first = others[0]
    rare = [
        Visit(f"rare-{n}", first.at, (_asked(first, "ask_trafficking_exploitation", country),))
        for n in range(times)
    ]
    return others + rare


def _asked(visit: Visit, intent: str, country: str):  # type: ignore[no-untyped-def]
    return replace(visit.turns[0], intent=intent, country=country, outcome="no_answer")


def test_a_rare_topic_in_a_small_country_never_shows_by_itself() -> None:
    many = [v for v in month_of(500, 4) if v.turns[0].country != "BZ"]
    for times in (1, 9):
        made = tables(_with_rare_question(many, "BZ", times))
        for name, table in made.items():
            shown = {place for place, _ in protected(table, K).items()}
            assert not [p for p in shown if p[1] == "BZ"], (name, times)


def test_one_chatty_woman_is_never_a_figure() -> None:
    many = list(month_of(300, 4))
    first = many[0]
    chatty = Visit("chatty", first.at, (_asked(first, "ask_child_abuse", "NI"),) * 500)
    table = tables([*[v for v in many if v.turns[0].country != "NI"], chatty])["topics"]

    assert table.at(("ask_child_abuse", "NI")) == Count(1, 1)
    assert ("ask_child_abuse", "NI") not in protected(table, K)


def _hers(name: str, plan: Plan, country: str, rows: Iterable[str]) -> dict[str, tuple[int, int]]:
    """For who knows all that is published, and that she alone wrote from there: how few and how
    many conversations each row can have there. Where it is none at least, it may be not hers."""
    cells = [(name, (row, country)) for row in plan.table.headings]
    wanted = [(name, (row, country)) for row in rows]
    found = bounds([*known_sums(name, plan), (cells, 1)], wanted)
    return {row: found[name, (row, country)] for row in rows}


def _few_left_out(table: Table) -> Plan:
    """The careless way: numbers below ten are left out, everything else is shown, also a zero."""
    return Plan(table, K, {place for place, n in table.counts.items() if 0 < n.conversations < K})


def test_countries_of_a_few_share_one_rest() -> None:
    found = protected(small_table((100, 90, 3), (80, 70, 2), (60, 50, 1)), K)

    assert not [place for place in found if place[1] == "C"]
    assert [place for place in found if place[1] == OTHERS]


def test_an_empty_or_tiny_table_shows_nothing() -> None:
    assert protected(small_table((0, 0), (0, 0)), K) == {}
    assert protected(small_table((5, 0), (0, 4)), K) == {}


def test_nothing_that_is_drawn_printed_or_told_by_country_rests_on_raw_counts(
    quarter: Engine, tmp_path: Path
) -> None:
    """Two worlds with the same published figures look the same, whatever was counted since: so
    streams, reports and alerts by country give an attacker nothing beside the tables above."""
    own = _copied(quarter, tmp_path)
    seen = []
    for more in (0, 7):
        for cut, row in (("topics", "ask_child_abuse"), ("origins", "HT"), ("crises", "x")):
            put(own, date(2026, 3, 9), cut, {(row, "BZ"): Count(more, more)})
        shelf = Shelf(own)
        period = Period("2026-Q1", ("2026-01", "2026-02", "2026-03"))
        rule = Publication(published_at=AT, threshold=K, step=5)
        told = [report(shelf, period, None, rule, "es", at) for at in (ALL, "BZ", "MX", OTHERS)]
        alerts = list(of_months(shelf, period.months, rules()))
        printed = [(each.keys, each.chapters) for each in told]
        seen.append((printed, flows(shelf.figures(period), "es"), alerts))

    own.dispose()
    assert seen[0] == seen[1]


def _copied(engine: Engine, folder: Path) -> Engine:
    """To write into: the published quarter is everybody's."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("VACUUM INTO :path"), {"path": str(folder / "own.db")}
        )
    return open_engine(f"sqlite:///{folder / 'own.db'}")


LOST = (95, 210, 321, 380)  # to who looks at both, each of another size


@pytest.mark.parametrize("seed", LOST)
def test_reports_and_turns_together_open_neither_corrections_nor_delivery(seed: int) -> None:
    """In the worst world for differencing every report is one record and every answer one row, so
    that the totals of both tables stand, column by column, in what the turns show."""
    made = linked_tables(linked_counts(seed))
    found = dict(plans(made, K))
    opened = []
    for name in ("corrections", "delivery"):
        table = made[name]
        known = known_totals(name, table, found, K)
        totals = {each: sum(table.at((row, each)).conversations for row in table.headings)
                  for each in known}  # fmt: skip
        careless = plan_for(table, K)
        opened += recovered({name: careless}, K, totals=totals) if known else []
        if not found[name].withheld:
            assert recovered({name: found[name]}, K, totals=totals) == []

    assert opened  # each table looked at by itself alone


def test_a_total_that_another_table_tells_is_not_hidden_among_joined_columns() -> None:
    """Two channels are joined and one's total is known: what is left is the other, too little."""
    cells = {"A": (60, 40), "B": (12, 11), "C": (2, 1)}
    counts = {(row, column): Count(numbers[place], numbers[place])
              for column, numbers in cells.items() for place, row in enumerate(("fast", "slow"))
              }  # fmt: skip
    table = Table({"fast": "", "slow": ""}, tuple(cells), counts, small=frozenset("BC"))
    careless, careful = plan_for(table, K), plan_for(replace(table, known=frozenset("B")), K)

    assert recovered({"joined": careless}, K) == []
    assert recovered({"joined": careless}, K, totals={"B": 23})
    assert careful.withheld or recovered({"joined": careful}, K, totals={"B": 23}) == []


def test_a_country_where_few_reported_shows_nothing_of_what_was_put_right() -> None:
    """One woman may report twenty numbers: they are shown where ten conversations reported."""
    counts = linked_counts(3)
    for country, reports in (("MX", 80), ("GT", 3)):
        counts["corrections"]["within_a_week", country] = 200
        counts["topics"][REPORT, country] = reports
    found = dict(plans(linked_tables(counts), K))["corrections"]

    assert "GT" in found.joined
    assert ("within_a_week", "GT") not in found.shown()


# Two tables, and which rows of the first have the same sum as which of the second, country by
# country, in a month in which every woman asks one thing. "" stands for all rows.
Rows = str | tuple[str, ...]
PAIRS: Mapping[str, list[tuple[Rows, Rows]]] = {
    "topics crises": [((intent,), f"{kind}:") for intent, kind in CRISES.items()],
    "outcomes crises": [(("crisis_card",), "")],
    "outcomes topics": [(("crisis_card",), tuple(CRISES)),
                        (("service_found", "none_found"), ("find_service",))],
    "outcomes services": [((end,), f":{end}") for end in ("service_found", "none_found")],
    "topics services": [(("find_service",), "")],
    "outcomes unanswered": [(("no_answer", "none_found", "unavailable", "not_understood"), ""),
                            (("not_understood",), "not_understood")],
    "themes topics": [((theme,), topics) for theme, topics in themes().items()],
    "volume topics": [("", "")],
    "volume outcomes": [("", "")],
    **{f"volume {name}": [("", "")] for name in ALWAYS},
    "topics corrections": [((REPORT,), "")],
}  # fmt: skip
EVERYTHING = " ".join(cuts())
TOTALS = " ".join(("volume", "delivery", *ALWAYS))  # nothing of what women asked


def opened_side_by_side(
    made: Mapping[str, Table], found: Mapping[str, Plan], names: str,
    her: Mapping[Cell, tuple[float, float]] | None = None,
) -> Iterator[str]:  # fmt: skip
    """What follows about a few women for who takes the rows of PAIRS for the same, and has these
    tables as they are published, rounded. `her`: what he knows of one visit."""
    used = [name for name in names.split() if not found[name].withheld]
    sums = [each for name in used for each in known_sums(name, found[name])]
    equal: list[tuple[list[Cell], list[Cell]]] = []
    for pair, rows in PAIRS.items():
        one, other = pair.split()
        if {one, other} <= {*used}:
            equal += [(_cells(made, one, left, country), _cells(made, other, right, country))
                      for left, right in rows for country in COUNTRIES]  # fmt: skip
    if {"channels", "delivery"} <= {*used}:
        equal += [([("channels", (row, country)) for row in made["channels"].headings
                    if row.startswith(f"{each}:") for country in COUNTRIES],
                   _cells(made, "delivery", "", each))
                  for each in made["delivery"].countries]  # fmt: skip
    told = {cell: ends for cell, ends in (her or {}).items() if cell[0] in used}
    few = [(name, place) for name in used for place in sorted(found[name].hidden)
           if 0 < made[name].at(place).conversations < K and (name, place) not in told]  # fmt: skip
    return opened(sums, equal, few, K, told=told)


def _cells(made: Mapping[str, Table], name: str, rows: Rows,
           country: str) -> list[Cell]:  # fmt: skip
    every = made[name].headings
    chosen = [row for row in every if rows in row] if isinstance(rows, str) else rows
    return [(name, (row, country)) for row in chosen]


def test_where_the_solver_fails_the_linked_tables_are_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("unbounded")

    monkeypatch.setattr("scipy.optimize.linprog", fails)
    monkeypatch.setattr("bot.analytics.together.close", close)  # and not the shared answer
    found = dict(plans(_month(*HERE), K))
    assert not [name for name, plan in found.items() if not plan.withheld]


def test_a_month_with_one_card_for_a_birth_is_published_and_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cards less dangers and distress were one: that, the program said to itself, proves that one
    woman had another emergency. It hid everything, proved the same from nothing, and went on for
    ever; no month was published from then on."""
    found = one_question_each(3, number=30)
    for cut, row in (("outcomes", "crisis_card"), ("topics", "ask_health"),
                     ("crises", "emergency:silent"), ("volume", "days_01_07")):  # fmt: skip
        found[cut][row, "MX"] += 12 if cut == "volume" else 1
    rounds = []

    def counted(*given: Any) -> dict[str, Plan]:
        rounds.append(given)
        assert len(rounds) < 100, "it hides what is hidden"
        return broken(*given)

    broken = linked._broken
    monkeypatch.setattr(linked, "_broken", counted)
    made = all_tables(found)
    alone = {name: plan_for(made[name], K) for name in ("outcomes", "topics", "crises")}

    assert not close(alone, K, 5)["topics"].withheld


def test_alerts_of_a_week_and_the_figures_of_the_month_together_open_nothing() -> None:
    """An alert says that at least thirty asked of a theme in a country; where the month hides that
    number, so as to hide a small one beside it, the small one is what is left of their sum. So what
    alerts have told is known before the month is published."""
    rng = random.Random(0)  # noqa: S311 - the same month every time
    counts = {(row, at): Count(many, many) for row in themes() for at in COUNTRIES
              for many in (rng.choice((0, 0, 3, 5, 31, 35, 40, 60, 120, 300)),)}  # fmt: skip
    table = Table(cuts()["themes"].rows, COUNTRIES, counts)
    careless = protect.plan_for(table, K)
    told = {place: (30.0, float("inf")) for place in careless.hidden
            if table.at(place).conversations >= 30}  # fmt: skip
    careful = close({"themes": protect.plan_for(replace(table, told=told), K)}, K, 5)["themes"]

    def left(plan: Plan, known: Mapping[Place, tuple[float, float]]) -> list[str]:
        few = [("themes", place) for place in sorted(plan.hidden)
               if 0 < table.at(place).conversations < K]  # fmt: skip
        alerts = {("themes", place): ends for place, ends in known.items()}
        return [*opened(known_sums("themes", plan), [], few, K, told=alerts)]

    assert left(careless, {}) == []
    assert left(careless, told)
    assert not careful.withheld
    assert left(careful, told) == []


def test_where_hiding_everything_does_not_help_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader takes for granted beyond our figures."""
    everything = small_table((30, 3), (40, 2))
    plans_ = {"crises": plan_for(everything, K)}
    proof = linked.Proof(("crises", ("row0", "B")), ())
    monkeypatch.setattr(linked, "_proofs", lambda *_: [proof])

    assert close(plans_, K, 5)["crises"].withheld


# Two women who were alone in their countries that month: what an onlooker can know, and what not.
_SEEN = {"volume": "days_08_14", "visits": "turns_1:first", "phases": "transit", "origins": "SV",
         "channels": "whatsapp:es", "hours": "h18", "latency": "under_two_seconds"}  # fmt: skip
_ASKED: Mapping[str, Mapping[str, str]] = {
    "BZ": {"themes": "violence", "topics": "report_immediate_danger", "outcomes": "crisis_card",
           "crises": "danger:silent"},
    "DO": {"themes": "violence", "topics": "ask_trafficking_exploitation",
           "outcomes": "no_answer", "unanswered": "ask_trafficking_exploitation"},
}  # fmt: skip


@cache
def _month(seed: int, number: int) -> Mapping[str, Table]:
    """In which each asked one thing, and two were alone."""
    alone = {at: {**_SEEN, **asked} for at, asked in _ASKED.items()}
    return all_tables(one_question_each(seed, number, alone))


@cache
def _published(seed: int, number: int) -> Mapping[str, Plan]:
    """What is hidden of it."""
    return dict(plans(_month(seed, number), K))


HERE = (5, 700)


@pytest.mark.parametrize("names", ["topics crises", "outcomes topics", "outcomes services",
                                   "outcomes unanswered", "themes topics", TOTALS])  # fmt: skip
def test_tables_side_by_side_would_tell_of_a_few_women(names: str) -> None:
    """Fifteen crises in Guatemala, twelve of them of distress: three women were in danger there,
    or one to seven, where both numbers are rounded. And every woman has a channel and an hour: what
    one table adds up of Canada takes apart what another has added up with others."""
    made = _month(*HERE)
    careless = {name: plan_for(made[name], K) for name in names.split()}

    assert any(opened_side_by_side(made, careless, names))


def test_all_tables_side_by_side_tell_of_no_few_women() -> None:
    """Whoever has everything that can be seen, and takes for granted that each asked one thing. (So
    no two of the tables do, of which he would have less.)"""
    assert [*opened_side_by_side(_month(*HERE), _published(*HERE), EVERYTHING)] == []


def test_who_knows_of_a_visit_learns_nothing_of_others() -> None:
    """Somebody sat beside her, and knows from where and when she wrote, and by which channel. It is
    rare each time: so he knows of numbers that are hidden that they are not nothing."""
    made, found = _month(*HERE), _published(*HERE)
    her = {}
    for name in TOTALS.split():
        rare = [
            place
            for place in found[name].hidden
            if place[1] == "GT" and made[name].at(place).conversations
        ]
        if rare:
            her[name, min(rare, key=lambda at: (made[name].at(at).conversations, at))] = (1, 900)

    assert len(her) > 3
    assert [*opened_side_by_side(made, found, EVERYTHING, her)] == []


def test_who_knows_of_a_visit_learns_neither_what_she_asked_nor_what_came_of_it() -> None:
    """He saw her write, knows from where and when, and that nobody else in Belize wrote that month.
    Leaving out what is below ten would tell him that she is in danger."""
    made, found = _month(*HERE), _published(*HERE)

    assert not found["topics"].withheld
    assert not found["outcomes"].withheld
    for at, asked in _ASKED.items():
        for name, row in asked.items():
            assert _hers(name, _few_left_out(made[name]), at, [row])[row] == (1, 1)
            if not found[name].withheld:
                several = [row, *[each for each in made[name].headings if each != row][:4]]
                assert {*_hers(name, found[name], at, several).values()} == {(0, 1)}
        seen = {(name, (row, at)): (float(row == _SEEN[name]),) * 2
                for name in _SEEN for row in made[name].headings}  # fmt: skip
        opened_ = [*opened_side_by_side(made, found, EVERYTHING, seen)]
        assert not [each for each in opened_ if "somebody is there" in each]


def _sure_of_themes(made: Mapping[str, Table]) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Sums of which the first is no more than the second: a topic's and its theme's, a theme's and
    all its topics', that of minors and of all themes that have topics of minors. (Nobody in these
    months asked so much that she was not counted any more.)"""
    pairs: list[tuple[list[Cell], list[Cell]]] = [
        ([("themes", (CHILDREN, country))], [("themes", (theme, country)) for theme in THEMES
                                             if {*themes()[theme]} & {*themes()[CHILDREN]}])
        for country in COUNTRIES
    ]  # fmt: skip
    for theme, rows in themes().items():
        for country in COUNTRIES:
            topics: list[Cell] = [("topics", (row, country)) for row in rows]
            whole: list[Cell] = [("themes", (theme, country))]
            pairs += [*(([each], whole) for each in topics), (whole, topics)]
    for left, right in pairs:
        sums = [sum(made[name].at(place).conversations for name, place in cells)
                for cells in (left, right)]  # fmt: skip
        if sums[0] <= sums[1]:
            yield left, right


def test_themes_beside_their_topics_tell_of_no_few_women_however_much_each_asked() -> None:
    """Of this nobody need be sure that every woman asked one thing: ten women asked something of
    the family in Costa Rica: with what else is shown there, a hidden topic of it was asked by
    fewer than ten."""
    every = tables_of(600, 3)
    made = {name: every[name] for name in ("themes", "topics")}

    def told(found: Mapping[str, Plan]) -> Iterator[str]:
        sums = [each for name in made for each in known_sums(name, found[name])]
        few = [(name, place) for name in made for place in sorted(found[name].hidden)
               if 0 < made[name].at(place).conversations < K]  # fmt: skip
        return opened(sums, [], few, K, [*_sure_of_themes(made)])

    assert any(told({name: plan_for(table, K) for name, table in made.items()}))
    assert [*told(dict(plans(made, K)))] == []
