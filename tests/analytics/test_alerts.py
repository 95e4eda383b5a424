"""What operators are told to look at: real changes, from protected figures, about no person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from bot.analytics.alerts.months import of_months
from bot.analytics.alerts.rules import KINDS, Alert, GrownWeek, Share, rules, text
from bot.analytics.alerts.watch import Failing, Watch
from bot.analytics.alerts.weeks import _is_crisis, _is_lost, monday, of_weeks, surges
from bot.analytics.figures import Shelf
from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.protect import ALL, Count, protected
from bot.analytics.publish import Rule, rounded
from bot.analytics.surges import Part, back, bounds, newest
from bot.analytics.vocabulary import THEME_WEEK
from bot.database import open_engine, transaction
from bot.knowledge.trust import Hidden
from bot.serve.alerts import count_alerts
from connectors.failing import failing
from connectors.models import Inbox, OptOut, Outbox, Person
from tests.analytics.counting import counts_of, put, put_week
from tests.analytics.door import figures
from tests.analytics.test_attacks import _with_rare_question
from tests.analytics.year import month_of, tables

NOW = datetime(2026, 4, 15, 18, tzinfo=UTC)  # a Wednesday; the week looked at is that of 6 April
WEEK = date(2026, 4, 6)
MONTHS = ("2026-01", "2026-02", "2026-03")
K = 10
Cells = Mapping[tuple[str, str, str], int]


def publish(engine: Engine, months: Mapping[str, Cells]) -> None:
    with transaction(engine) as session:
        for month, cells in months.items():
            session.add(Publication(month=month, published_at=NOW, threshold=K, step=5))
            session.add_all(
                PublishedFigure(month=month, cut=cut, row=row, country=country, value=value)
                for (cut, row, country), value in cells.items()
            )


def cells(asylum: int | None, women: int = 400) -> dict[tuple[str, str, str], int]:
    """A month of Honduras."""
    found = {("volume", "days_01_07", "HN"): women, ("volume", "days_01_07", ALL): women,
             ("topics", "ask_send_money", "HN"): 50}  # fmt: skip
    if asylum:
        found["topics", "ask_asylum", "HN"] = asylum
    return found


def told(engine: Engine) -> list[Alert]:
    return list(of_months(Shelf(engine), MONTHS, rules()))


def test_a_topic_that_grows_in_a_country_is_a_surge(sqlite_engine: Engine) -> None:
    publish(sqlite_engine, dict(zip(MONTHS, (cells(40), cells(50), cells(135)), strict=True)))

    (alert,) = told(sqlite_engine)

    assert (alert.kind, alert.row, alert.country) == ("surge", "ask_asylum", "HN")
    assert alert.sentence("es") == (
        "Asilo o refugio, Honduras: 135 conversaciones en marzo de 2026, 3.0 veces lo que hacían "
        "esperar los meses de antes (45)."
    )


def test_a_campaign_that_makes_everything_grow_is_none(sqlite_engine: Engine) -> None:
    months = (cells(40), cells(50), cells(135, women=1_200))
    publish(sqlite_engine, dict(zip(MONTHS, months, strict=True)))

    assert told(sqlite_engine) == []


def test_a_topic_that_was_never_shown_is_told_once_it_is_many(sqlite_engine: Engine) -> None:
    publish(sqlite_engine, dict(zip(MONTHS, (cells(None), cells(None), cells(60)), strict=True)))

    assert [(each.kind, each.row) for each in told(sqlite_engine)] == [("appeared", "ask_asylum")]


def test_crises_that_grow_in_a_country_are_told(sqlite_engine: Engine) -> None:
    months = [cells(40) | {("crises", "danger:over", "HN"): number} for number in (20, 20, 45)]
    publish(sqlite_engine, dict(zip(MONTHS, months, strict=True)))

    assert [(each.kind, each.country) for each in told(sqlite_engine)] == [("crisis", "HN")]


def test_countries_that_are_merged_raise_none_for_others_are_merged_each_month(
    sqlite_engine: Engine,
) -> None:
    few, many = ({("volume", "days_01_07", ALL): 400, ("crises", "danger, stayed", "others"): n}
                 for n in (20, 90))  # fmt: skip
    publish(sqlite_engine, dict(zip(MONTHS, (few, few, many), strict=True)))

    assert told(sqlite_engine) == []


def test_the_first_month_has_nothing_to_be_compared_with(sqlite_engine: Engine) -> None:
    publish(sqlite_engine, {MONTHS[0]: cells(300)})

    assert list(of_months(Shelf(sqlite_engine), MONTHS[:1], rules())) == []


def test_a_rare_topic_in_a_small_country_raises_no_alert(sqlite_engine: Engine) -> None:
    many = [visit for visit in month_of(500, 4) if visit.turns[0].country != "BZ"]
    worlds = (many, many, _with_rare_question(many, "BZ", 9))
    shown = [
        {("topics", row, at): rounded(value, 5)
         for (row, at), value in protected(tables(world)["topics"], K).items()}
        for world in (many, worlds[2])
    ]  # fmt: skip
    publish(sqlite_engine, dict(zip(MONTHS, (shown[0], shown[0], shown[1]), strict=True)))

    assert [each for each in told(sqlite_engine) if each.country == "BZ"] == []


def kinds(engine: Engine, rule: Rule = Rule()) -> list[str]:  # noqa: B008 - frozen
    return [each.kind for each in of_weeks(counts_of(engine), NOW, rules(), rule)]


def test_the_week_looked_at_is_over_and_never_overlaps_another() -> None:
    days = [NOW + timedelta(hours=hours) for hours in range(0, 24 * 30, 6)]
    weeks = {monday(each) for each in days}

    assert monday(NOW) == WEEK
    assert all(each.weekday() == 0 for each in weeks)
    assert all(monday(each) + timedelta(days=9) <= each.date() for each in days)


def test_a_week_in_which_little_was_understood_is_told(empty_engine: Engine) -> None:
    put_week(empty_engine, WEEK, {"volume": 200, "not_understood": 40})

    (alert,) = of_weeks(counts_of(empty_engine), NOW, rules(), Rule())

    assert alert.kind == "fallback"
    # Nothing of the week but that the limit was passed.
    assert re.findall(r"\d+", alert.sentence("es")) == ["6", "12", "2026", "15"]
    assert "la semana del 6 al 12 de abril de 2026" in alert.sentence("es")


@pytest.mark.parametrize(("whole", "lost"), [(200, 9), (90, 40), (200, 25), (205, 196)])
def test_a_few_are_never_told_of_and_neither_are_the_few_others(
    sqlite_engine: Engine, whole: int, lost: int
) -> None:
    put_week(sqlite_engine, WEEK, {"volume": whole, "not_understood": lost})

    assert kinds(sqlite_engine) == []


def put_themes(engine: Engine, weeks: Mapping[str, Mapping[str, int]], country: str = "MX") -> None:
    """By week ("2026-03 days_08_14"), how many asked of each theme."""
    for name, numbers in weeks.items():
        month, part = name.split()
        put(
            engine,
            date.fromisoformat(f"{month}-01"),
            THEME_WEEK,
            {(f"{part}:{theme}", country): Count(many, many) for theme, many in numbers.items()},
        )


# The last that is over by NOW is the first of April that is: the 8th to the 14th is not yet.
BEFORE = ("2026-03 days_01_07", "2026-03 days_08_14", "2026-03 days_15_21", "2026-03 days_22_end")
LATEST = "2026-04 days_01_07"


def before(usual: Mapping[str, int]) -> Mapping[str, Mapping[str, int]]:
    return dict.fromkeys(BEFORE, usual)


def of_surges(engine: Engine, rule: Rule = Rule()) -> list[str]:  # noqa: B008 - frozen
    return [each.sentence("es") for each in surges(counts_of(engine), NOW, rules(), rule)]


def test_a_theme_that_is_asked_much_more_in_a_country_is_told_the_same_week_without_a_number(
    empty_engine: Engine,
) -> None:
    """It was known a month late."""
    put_themes(empty_engine, before({"violence": 20, "rights": 90}))
    put_themes(empty_engine, {LATEST: {"violence": 60, "rights": 95}})

    assert of_surges(empty_engine) == [
        "Violencia, México: se preguntó mucho más de lo habitual "
        "(abril de 2026, días 1 a 7 del mes)."
    ]
    assert of_surges(empty_engine, Rule(threshold=21)) == []
    assert of_surges(empty_engine, Rule(epsilon=0.4)) == []  # exact beside noise: not told


@pytest.mark.parametrize(("usual", "now", "country"), [
    ({"violence": 5, "rights": 50}, {"violence": 29, "rights": 50}, "MX"),  # few
    ({"violence": 20, "rights": 20}, {"violence": 80, "rights": 80}, "MX"),  # a campaign
    ({}, {"violence": 80}, "MX"),  # nobody knows what is usual
    ({"violence": 20, "rights": 90}, {"violence": 60, "rights": 95}, "unknown"),  # no country
])  # fmt: skip
def test_no_surge_of_a_week_is_told_of_few_of_a_campaign_or_of_a_beginning(
    empty_engine: Engine, usual: Mapping[str, int], now: Mapping[str, int], country: str
) -> None:
    put_themes(empty_engine, dict.fromkeys(BEFORE, usual), country)
    put_themes(empty_engine, {LATEST: now}, country)

    assert of_surges(empty_engine) == []


def test_one_woman_more_or_less_below_the_limit_is_seen_by_nobody(empty_engine: Engine) -> None:
    put_themes(empty_engine, before({"violence": 2, "rights": 90}))
    for _ in range(29):
        put_themes(empty_engine, {LATEST: {"violence": 1}})
        assert of_surges(empty_engine) == []
    put_themes(empty_engine, {LATEST: {"violence": 1}})
    assert len(of_surges(empty_engine)) == 1


def test_what_the_alerts_of_a_month_told_is_known_when_it_is_published(
    empty_engine: Engine,
) -> None:
    put_themes(empty_engine, before({"violence": 20, "rights": 90}))
    put_themes(empty_engine, {LATEST: {"violence": 60, "rights": 95}})
    known = bounds(counts_of(empty_engine), date(2026, 4, 1), rules().surge_week, K)

    low, high = known["violence", "MX"]
    assert 30 <= low <= 60
    assert high == float("inf")
    assert known["rights", "MX"][0] == 0
    assert 95 <= known["rights", "MX"][1] < 1_000  # it was not told of: so it was not very many
    assert known["work", "BZ"] == (0, float("inf"))


def test_weeks_of_a_month_follow_one_another_and_add_up_to_it() -> None:
    for month in (date(2026, 2, 1), date(2024, 2, 1), date(2026, 12, 1)):
        parts = [Part(month, place) for place in range(4)]
        assert sum(part.days for part in parts) == (parts[-1].after - month).days
        assert back(Part(parts[-1].after, 0), 4) == parts
    assert newest(date(2026, 4, 13)) == Part(date(2026, 4, 1), 0)
    assert newest(date(2026, 4, 7)) == Part(date(2026, 3, 1), 3)


def test_more_crises_than_usual_are_told_without_a_number(sqlite_engine: Engine) -> None:
    for weeks in range(1, 5):
        day = WEEK - timedelta(days=7 * weeks)
        put_week(sqlite_engine, day, {"volume": 50, "crises": 10})
    put_week(sqlite_engine, WEEK, {"volume": 60, "crises": 21})

    assert kinds(sqlite_engine) == ["crisis_week"]
    assert kinds(sqlite_engine, Rule(threshold=30)) == []
    assert kinds(sqlite_engine, Rule(epsilon=0.4)) == []  # exact beside noise: not told


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 40), st.integers(0, 60))
def test_whoever_sees_an_alert_of_the_week_learns_of_ten_or_more(lost: int, others: int) -> None:
    """Below ten nothing is ever told, however careless the limits."""
    counts = Counter({"volume": lost + others, "not_understood": lost, "crises": lost})
    few = rules().model_copy(
        update={
            "fallback": Share(share=0.01, least=3),
            "crisis_week": GrownWeek(times=1.01, least=3, weeks=4),
        }
    )  # fmt: skip - as careless as the file allows

    if _is_lost(counts, few, K):
        assert min(lost, others) >= K
    if _is_crisis(counts, Counter(volume=500), few, K):
        assert lost >= K


def written_to(engine: Engine, channel: str, reached: int, lost: int) -> None:
    with transaction(engine) as session:
        for number in range(reached + lost):
            who = f"{channel}-{number}"
            session.add(Person(pseudonym=who, channel=channel, style=channel, wrapped_key=b"",
                               sealed_address=b"", last_in_at=NOW, expires_at=NOW))  # fmt: skip
            inbox = Inbox(mark=who, pseudonym=who, sort=0, received_at=NOW, not_before=NOW)
            session.add(inbox)
            session.flush()
            for part in (0, 1):  # two messages are one person
                session.add(Outbox(inbox_id=inbox.id, part=part, pseudonym=who, not_before=NOW,
                                   state="failed" if number < lost else "sent",
                                   tried_at=NOW - timedelta(hours=1)))  # fmt: skip


def delivery(engine: Engine) -> list[str]:
    def failures(now: datetime, hours: int) -> list[Failing]:
        return failing(engine, now, hours)

    watch = Watch(engine, lambda: NOW, failures=failures)
    return [each.row for each in watch.alerts() if each.kind == "delivery"]


def test_a_channel_that_reaches_too_few_is_told(empty_engine: Engine) -> None:
    written_to(empty_engine, "whatsapp", reached=28, lost=12)
    written_to(empty_engine, "sms", reached=109, lost=11)

    assert failing(empty_engine, NOW, 24) == [("sms", 11, 120), ("whatsapp", 12, 40)]
    assert failing(empty_engine, NOW + timedelta(days=2), 24) == []
    assert delivery(empty_engine) == ["whatsapp"]


def test_a_vendor_that_is_away_is_told_and_what_she_decides_is_not(empty_engine: Engine) -> None:
    written_to(empty_engine, "whatsapp", reached=12, lost=12)
    with transaction(empty_engine) as session:
        session.execute(
            update(Outbox).where(Outbox.state == "failed").values(state="new", attempts=0)
        )
    assert failing(empty_engine, NOW, 24) == [("whatsapp", 0, 24)]
    assert failing(empty_engine, NOW + timedelta(minutes=11), 24) == [("whatsapp", 12, 24)]

    with transaction(empty_engine) as session:
        for number in range(12):
            session.add(OptOut(pseudonym=f"whatsapp-{number}", since=NOW))
    assert failing(empty_engine, NOW + timedelta(minutes=11), 24) == [("whatsapp", 0, 12)]


def test_a_channel_of_a_few_is_only_told_of_together_with_others(sqlite_engine: Engine) -> None:
    written_to(sqlite_engine, "telegram", reached=0, lost=6)
    assert delivery(sqlite_engine) == []

    written_to(sqlite_engine, "sms", reached=0, lost=6)
    assert delivery(sqlite_engine) == ["channels"]


@pytest.fixture
def with_a_dead_number(sqlite_engine: Engine) -> Engine:
    with transaction(sqlite_engine) as session:
        session.add(Hidden(record_id="hn.x", number="+50422345678", since=NOW.date()))
    return sqlite_engine


def test_a_number_reported_dead_is_counted_and_not_named(with_a_dead_number: Engine) -> None:
    (alert,) = Watch(with_a_dead_number, lambda: NOW).alerts()

    assert alert.kind == "dead_numbers"
    assert re.findall(r"\d+", alert.sentence("en")) == ["1"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_of_figures_begins_with_them(with_a_dead_number: Engine, language: str) -> None:
    app = figures(with_a_dead_number, lambda: NOW)
    page = TestClient(app).get("/portal/figures", params={"lang": language}).text

    assert page.index('<section id="alerts"') < page.index('<section id="directory"')
    assert f"<li>{text('dead_numbers', language, count=1)}</li>" in page


def test_prometheus_sees_how_many_of_each_kind(with_a_dead_number: Engine) -> None:
    watch = Watch(with_a_dead_number, lambda: NOW)
    count_alerts(watch)

    seen = {kind: REGISTRY.get_sample_value("comadre_alerts", {"kind": kind}) for kind in KINDS}
    assert seen == {kind: float(kind == "dead_numbers") for kind in KINDS}


def test_a_database_that_is_away_breaks_no_metrics(tmp_path: object) -> None:
    away = open_engine(f"sqlite:///{tmp_path}/none.db")
    count_alerts(Watch(away, lambda: NOW))
    away.dispose()


def test_every_kind_has_a_sentence_in_both_languages() -> None:
    values = dict.fromkeys(("what", "where", "number", "month", "times", "before", "week", "share",
                            "count", "channel", "hours", "days"), "x")  # fmt: skip
    for kind in KINDS:
        assert text(kind, "es", **values) != text(kind, "en", **values)
