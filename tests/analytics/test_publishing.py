"""A month is published once; longer periods are its sums; noise costs a budget."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import Engine, create_engine, delete, func, select, text
from sqlalchemy.orm import Session

from bot.analytics.counted import Cell, Counted
from bot.analytics.cuts import cuts
from bot.analytics.figures import periods, published_months, read
from bot.analytics.models import DayCount, Publication, PublishedFigure, Spent
from bot.analytics.noise import BudgetSpent, noised
from bot.analytics.protect import Count
from bot.analytics.publish import (
    Rule,
    _tables,
    forget_counts,
    processes,
    publish,
    publish_due,
    rounded,
    spend,
)
from bot.analytics.vocabulary import REPORT, UNKNOWN, WORKERS
from bot.database import open_engine, transaction
from bot.directory.correcting import dealt_with, left_alone
from bot.knowledge.trust import Report, Verification
from bot.paths import ROOT
from bot.privacy.keys import Keys
from tests.analytics.counting import counts_of, months_in, put, put_month
from tests.analytics.shared import plan_for
from tests.analytics.year import counted_month, tables_of

RULE = Rule()
APRIL = datetime(2026, 4, 10, tzinfo=UTC)


def fill(engine: Engine, number: int, month: int) -> None:
    """So many conversations in that month, and no others: as in an invented March."""
    put_month(engine, date(2026, month, 1), counted_month(number, 3))


def everything(engine: Engine) -> list[tuple[str, str, str, str, int]]:
    with Session(engine) as session:
        each = PublishedFigure
        rows = session.execute(select(each.month, each.cut, each.row, each.country, each.value))
        return sorted(tuple(row) for row in rows)


@pytest.fixture(scope="module")
def three_months(quarter: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The quarter that all tests read, with a February in which few wrote."""
    path = tmp_path_factory.mktemp("figures") / "year.db"
    with quarter.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("VACUUM INTO :path"), {"path": str(path)}
        )
    engine = open_engine(f"sqlite:///{path}")
    with transaction(engine) as session:
        for each in (PublishedFigure, Publication):
            session.execute(delete(each).where(each.month == "2026-02"))
    fill(engine, 90, 2)
    publish_due(counts_of(engine), APRIL, RULE)
    yield engine
    engine.dispose()


def test_only_months_that_have_ended_are_published(empty_engine: Engine) -> None:
    fill(empty_engine, 90, 3)

    counted = counts_of(empty_engine)

    assert publish_due(counted, datetime(2026, 4, 2, tzinfo=UTC), RULE) == []
    assert publish_due(counted, datetime(2026, 4, 4, tzinfo=UTC), RULE) == ["2026-03"]
    assert publish_due(counted, datetime(2026, 4, 4, tzinfo=UTC), RULE) == []


def test_one_more_woman_after_publication_changes_nothing(empty_engine: Engine) -> None:
    fill(empty_engine, 90, 3)
    publish_due(counts_of(empty_engine), APRIL, RULE)
    before = everything(empty_engine)
    fill(empty_engine, 120, 3)

    assert publish_due(counts_of(empty_engine), APRIL, RULE) == []
    assert everything(empty_engine) == before


def test_asking_again_gives_the_same_numbers(three_months: Engine) -> None:
    period = periods(published_months(three_months))["2026-Q1"]
    answers = {str(sorted(read(three_months, period).cells("topics").items())) for _ in range(5)}

    assert len(answers) == 1


def test_a_quarter_tells_no_more_than_its_months(three_months: Engine) -> None:
    """Overlapping periods: a quarter less two months is exactly the third as published."""
    listed = periods(published_months(three_months))
    whole = read(three_months, listed["2026-Q1"])
    months = [read(three_months, listed[f"2026-0{n}"]) for n in (1, 2, 3)]
    for cut in ("topics", "origins", "crises", "unanswered"):
        for (row, country), each in whole.cells(cut).items():
            parts = [m.at(cut, row, country) for m in months]
            assert each.value == sum(part.value for part in parts if part)
            assert each.is_least == (None in parts)


def test_only_whole_quarters_and_years_are_on_the_list(three_months: Engine) -> None:
    assert list(periods(published_months(three_months))) == [
        "2026-03", "2026-02", "2026-01", "2026-Q1",
    ]  # fmt: skip


def test_a_month_in_which_themes_were_not_counted_from_its_first_day_has_none(
    sqlite_engine: Engine,
) -> None:
    """After an update they would be those of some days, and looked like all."""
    month = {name: counted_month(600, 3)[name] for name in ("volume", "topics", "themes")}
    late = {at: Count(n.conversations * 3 // 4, n.firsts * 3 // 4)
            for at, n in month["themes"].items()}  # fmt: skip
    for themes in (month["themes"], late, {}):
        put_month(sqlite_engine, date(2026, 3, 1), {**month, "themes": themes})
        made = _tables(counts_of(sqlite_engine), "2026-03", RULE, 1)

        assert ("themes" in made) == (themes is month["themes"])


def test_women_who_first_looked_for_a_service_do_not_stand_in_for_days_without_themes(
    sqlite_engine: Engine,
) -> None:
    """They are first in a theme, and in no topic of it: sums of the month may look whole."""
    march, violence = date(2026, 3, 1), ("ask_child_abuse", "MX")
    for before in ({}, {("violence", "MX"): Count(60, 60)}):
        put_month(sqlite_engine, march, {"topics": {violence: Count(60, 60)}, "themes": before})
        counts_of(sqlite_engine).add({  # a process after the update
            Cell(march, "topics", *violence): (80, 20),
            Cell(march, "topics", "find_service", "MX"): (60, 60),
            Cell(march, "themes", "violence", "MX"): (80, 80),
        })  # fmt: skip

        made = _tables(counts_of(sqlite_engine), "2026-03", RULE, 1)
        assert ("themes" in made) == bool(before)


def test_days_that_an_earlier_version_counted_are_known_to_have_no_themes(
    sqlite_engine: Engine,
) -> None:
    march, counted = date(2026, 3, 1), counts_of(sqlite_engine)
    found = Cell(march, "topics", "find_service", "MX"), Cell(march, "themes", "violence", "MX")
    counted.add(dict.fromkeys(found, (60, 60)))
    assert "themes" in _tables(counted, "2026-03", RULE, 1)
    with transaction(sqlite_engine) as session:
        session.add(DayCount(day=march, cut="topics", row="ask_child_abuse", country="MX",
                             conversations=20, firsts=20))  # fmt: skip

    assert counted.adopt() == 1

    assert "themes" not in _tables(counted, "2026-03", RULE, 1)


@pytest.mark.parametrize("epsilon", [None, 0.42])
def test_nobody_who_writes_waits_until_it_is_known_what_may_be_shown(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, epsilon: float | None
) -> None:
    """That takes seconds, and loading what makes noise as well; who writes then must be served."""
    another = create_engine(sqlite_engine.url, connect_args={"timeout": 0})
    wrote = []

    def slowly(values: Iterable[object], *_: object) -> list[int]:
        with another.begin() as connection:
            connection.execute(text("DELETE FROM day_count"))
        wrote.append(True)
        return [0 for _ in values] if epsilon else []

    monkeypatch.setattr("bot.analytics.publish.noised", slowly)
    monkeypatch.setattr("bot.analytics.publish.plans", slowly)
    put(sqlite_engine, date(2026, 3, 1), "volume", {("days_01_07", "MX"): Count(50, 50)})
    publish(counts_of(sqlite_engine), "2026-03", Rule(epsilon=epsilon), APRIL)
    another.dispose()

    assert wrote
    assert published_months(sqlite_engine) == ["2026-03"]


def test_what_survives_is_within_the_rounding(three_months: Engine) -> None:
    """The invented year's truth against what is shown: nothing else differs than the rounding."""
    figures = read(three_months, periods(published_months(three_months))["2026-03"])
    truth, seen = counted_month(600, 3), 0
    for name, cut in cuts().items():
        for (row, country), shown in figures.cells(name).items():
            assert shown.value % 5 == 0 < RULE.threshold <= shown.value
            if name in truth and row in cut.rows and country in cut.columns:  # no sum
                assert abs(shown.value - truth[name][row, country].conversations) <= 2
                seen += 1
    assert seen > 100


def test_most_of_what_women_ask_is_still_shown() -> None:
    shares = {}
    for cut, table in tables_of(3_000, 3).items():
        total = sum(count.conversations for count in table.counts.values()) or 1
        shown = sum(table.at(p).conversations for p in plan_for(table, 10).shown())
        shares[cut] = shown / total

    assert shares["topics"] > 0.75
    assert shares["phases"] > 0.9
    assert shares["origins"] > 0.85


def test_old_days_go_once_their_month_is_published(empty_engine: Engine) -> None:
    fill(empty_engine, 90, 1)
    fill(empty_engine, 90, 3)
    publish_due(counts_of(empty_engine), APRIL, RULE)
    forget_counts(counts_of(empty_engine), APRIL)

    assert months_in(empty_engine) == {date(2026, 3, 1)}
    assert everything(empty_engine)


def test_counts_of_a_month_that_nobody_can_publish_wait_some_weeks_and_go(
    empty_engine: Engine,
) -> None:
    """As where noise is asked for and cannot be made: raw counts stayed for ever."""
    fill(empty_engine, 50, 1)

    assert forget_counts(counts_of(empty_engine), APRIL) == 0
    assert forget_counts(counts_of(empty_engine), datetime(2026, 5, 6, tzinfo=UTC)) == 1
    assert not months_in(empty_engine)


@pytest.mark.parametrize("value", range(10, 30))
def test_rounding_is_to_the_nearest_five(value: int) -> None:
    assert rounded(value, 5) % 5 == 0
    assert abs(rounded(value, 5) - value) <= 2


def test_a_rule_that_protects_nobody_is_refused() -> None:
    for wrong in ({"threshold": 1}, {"step": 0}, {"epsilon": 0.0}, {"epsilon": 0.6},
                  {"epsilon": 9.0}):  # fmt: skip
        with pytest.raises(ValueError, match="expected"):
            Rule(**wrong)  # type: ignore[arg-type]


class TestNoise:
    """With OpenDP, which is installed where noise is asked for."""

    @pytest.fixture(autouse=True)
    def _opendp(self) -> None:
        pytest.importorskip("opendp")

    def test_it_is_as_wide_as_epsilon_says(self) -> None:
        values = noised([1_000] * 1_000, 5, 0.5)

        # Variance of the two-sided geometric distribution with scale 10: 2a/(1-a)^2, a=exp(-1/10).
        # Six standard errors of a thousand draws: half or twice the epsilon is far outside.
        assert statistics.pstdev(values) == pytest.approx(14.1, rel=0.21)
        assert statistics.fmean(values) == pytest.approx(1_000, abs=2.7)

    def test_two_worlds_that_differ_by_one_woman_look_alike(self) -> None:
        without = Counter(noised([10] * 25_000, 1, 1.0))
        with_her = Counter(noised([11] * 25_000, 1, 1.0))
        for value in range(8, 14):
            ratio = with_her[value] / without[value]
            assert 1 / 3.3 < ratio < 3.3  # exp(1) = 2.72, and the chance of counting

    def test_a_month_is_published_with_its_costs_in_the_ledger(self, empty_engine: Engine) -> None:
        fill(empty_engine, 90, 3)
        publish(counts_of(empty_engine), "2026-03", Rule(epsilon=0.42), APRIL)

        with Session(empty_engine) as session:
            assert session.scalar(select(func.sum(Spent.epsilon))) == pytest.approx(14 * 0.42)
        assert all(value >= 10 for *_, value in everything(empty_engine))

    @pytest.mark.usefixtures("in_mexico")
    def test_noise_hides_no_record_and_none_is_published(self, empty_engine: Engine) -> None:
        """It is made for one conversation in few cells: one woman may report more than that."""
        report_and_check(empty_engine, records=200, reports=60)
        publish(counts_of(empty_engine), "2026-03", Rule(epsilon=0.42), APRIL)

        assert everything(empty_engine)
        assert put_right(empty_engine) == []

    def test_a_budget_that_is_spent_publishes_nothing(self, empty_engine: Engine) -> None:
        fill(empty_engine, 90, 3)
        with transaction(empty_engine) as session:
            spend(session, "2026-03", "earlier", 0.6, 6.0)
        with pytest.raises(BudgetSpent, match="2026-03"):
            publish(counts_of(empty_engine), "2026-03", Rule(epsilon=0.42), APRIL)

        assert everything(empty_engine) == []
        assert published_months(empty_engine) == []


def test_nothing_of_a_month_is_read_after_its_publication() -> None:
    source = ROOT / "bot" / "analytics"
    for name in ("figures.py", "sections.py", "pages.py", "export.py", "board.py", "ledger.py"):
        text = (source / name).read_text(encoding="utf-8")
        assert not re.search(r"\b(counted|Counted|SealedCount|DayCount)\b(?!\.)", _code(text)), name


def _code(text: str) -> str:
    """Its imports."""
    return "\n".join(line for line in text.splitlines() if re.match(r"(from|import) ", line))


def test_a_month_that_another_secret_sealed_waits_for_it_and_is_not_published_empty(
    empty_engine: Engine,
) -> None:
    fill(empty_engine, 90, 3)

    assert publish_due(Counted(empty_engine, Keys(b"x" * 32)), APRIL, RULE) == []

    assert publish_due(counts_of(empty_engine), APRIL, RULE) == ["2026-03"]
    assert everything(empty_engine)


def answered_by(engine: Engine, processes: int, minutes: int) -> None:
    day = date(2026, 3, 5)
    put(engine, day, WORKERS, {(f"{day}:{processes}", UNKNOWN): Count(minutes)})


def test_with_three_processes_a_number_stands_for_three_times_as_many(empty_engine: Engine) -> None:
    """Each may have counted the same woman: of thirty counts ten conversations are sure."""
    month = counted_month(600, 3)
    put_month(empty_engine, date(2026, 3, 1),
              {name: month[name] for name in ("volume", "phases", "hours")})  # fmt: skip
    answered_by(empty_engine, 3, 600)
    publish_due(counts_of(empty_engine), APRIL, RULE)

    with Session(empty_engine) as session:
        assert min(session.scalars(select(PublishedFigure.value))) >= 30


def test_processes_are_counted_on_a_day_that_wavers_between_their_numbers(
    empty_engine: Engine,
) -> None:
    """Each of so many looks once a minute; four at once for six minutes were three, too."""
    for many, looks in ((4, 24), (3, 21), (2, 40)):
        answered_by(empty_engine, many, looks)

    month = (date(2026, 3, 1), date(2026, 4, 1))
    assert processes(counts_of(empty_engine), *month) == 3


REPORTED_AT = date(2026, 3, 10)


@pytest.fixture
def in_mexico(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record is there."""
    monkeypatch.setattr("bot.analytics.publish.countries", lambda _, ids: dict.fromkeys(ids, "MX"))


def report_and_check(engine: Engine, records: int, reports: int, day: date = REPORTED_AT) -> None:
    """So many records put right, so many conversations that reported something there, in a month
    of which nothing else was counted but how many there were."""
    with transaction(engine) as session:
        for number in range(records):
            name = f"mx.reported.{number}"
            session.add(Report(record_id=name, number="", mark=None, reported_on=REPORTED_AT,
                               state="resolved"))  # fmt: skip
            at = datetime.combine(REPORTED_AT, time(12), UTC)
            session.add(Verification(record_id=name, at=at, role="editor", method="call"))
    put_month(engine, date(2026, 3, 1), {"volume": counted_month(600, 3)["volume"]})
    put(engine, day, "topics", {(REPORT, "MX"): Count(reports, reports)})


def put_right(engine: Engine) -> list[tuple[str, str, str, str, int]]:
    return [each for each in everything(engine) if each[1] == "corrections"]


@pytest.mark.usefixtures("in_mexico")
def test_what_few_conversations_reported_is_shown_of_no_country_nor_of_all(
    empty_engine: Engine,
) -> None:
    """One woman may report many numbers: the sum over all countries could be hers alone."""
    report_and_check(empty_engine, records=30, reports=9)
    publish_due(counts_of(empty_engine), APRIL, RULE)

    assert put_right(empty_engine) == []


@pytest.mark.parametrize("day", [date(2026, 3, 10), date(2026, 2, 10)])
@pytest.mark.usefixtures("in_mexico")
def test_conversations_count_where_the_reports_come_from(empty_engine: Engine, day: date) -> None:
    """What is put right in March was partly reported before."""
    report_and_check(empty_engine, records=30, reports=10, day=day)
    publish(counts_of(empty_engine), "2026-03", RULE, APRIL)

    assert {value for *_, value in put_right(empty_engine)} == {30}


@pytest.mark.usefixtures("in_mexico")
def test_records_are_counted_no_more_often_by_several_processes(empty_engine: Engine) -> None:
    report_and_check(empty_engine, records=15, reports=60)
    answered_by(empty_engine, 3, 600)
    publish_due(counts_of(empty_engine), APRIL, RULE)

    assert [value for *_, value in put_right(empty_engine)]
    assert {value for *_, value in put_right(empty_engine)} == {15}


def test_a_process_that_relieves_another_changes_nothing(empty_engine: Engine) -> None:
    fill(empty_engine, 600, 3)
    answered_by(empty_engine, 2, 5)
    publish_due(counts_of(empty_engine), APRIL, RULE)

    with Session(empty_engine) as session:
        assert min(session.scalars(select(PublishedFigure.value))) == RULE.threshold


def test_what_was_put_right_is_of_the_month_in_which_it_was(empty_engine: Engine) -> None:
    """A report of January that was checked in January is none of March, though somebody checks the
    record again; one that nobody looked at counts when it is too old, also where an earlier report
    of the same had been looked at."""
    days = {"early": (date(2026, 1, 5), (date(2026, 1, 8), date(2026, 3, 9)), "resolved"),
            "soon": (date(2026, 3, 3), (date(2026, 3, 6),), "resolved"),
            "late": (date(2026, 2, 2), (date(2026, 3, 20),), "resolved"),
            "alone": (date(2026, 1, 20), (), "expired"),
            "again": (date(2026, 1, 20), (date(2026, 1, 19),), "expired"),
            "in time": (date(2026, 1, 20), (), "expired")}  # fmt: skip
    with transaction(empty_engine) as session:
        for name, (day, checks, state) in days.items():
            session.add(Report(record_id=name, number="", mark=None, reported_on=day, state=state))
            for check in checks:
                at = datetime.combine(check, time(12), UTC)
                session.add(Verification(record_id=name, at=at, role="editor", method="call"))
        for name, day in (("again", date(2026, 1, 12)), ("in time", date(2026, 1, 27))):
            session.add(Report(record_id=name, number="", mark="earlier or later", reported_on=day,
                               state="resolved"))  # fmt: skip
    month = (date(2026, 3, 1), date(2026, 4, 1), 60)
    with Session(empty_engine) as session:
        found = [*dealt_with(session, *month), *left_alone(session, *month)]

    assert {each.record_id: each.days for each in found} == {
        "soon": 3, "late": 46, "alone": None, "again": None,
    }  # fmt: skip
