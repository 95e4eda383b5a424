"""The closed lists of everything that may be counted: a value outside them becomes "other".

Nothing in here can hold what somebody wrote. What a turn was comes from the assistant's own words
(intents, outcomes, codes of countries), never from hers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import yaml

from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from bot.paths import DATA

OTHER, UNKNOWN = "other", "unknown"
# The themes of the Regional Conference, by groups of topics; and what is asked about minors, which
# is part of them.
THEMES: Mapping[str, tuple[str, ...]] = {
    "rights": ("rights",), "family": ("family",), "work": ("work",),
    "violence": ("violence", "safety"),
}  # fmt: skip
CHILDREN = "minors"  # "children" is a kind of service
COUNTRIES = (*COUNTRY_CODES, UNKNOWN)
CHANNELS = ("whatsapp", "sms", "telegram", "web")
SPOKEN = ("es", "en")
LANGUAGES = (*SPOKEN, OTHER, UNKNOWN)
PHASES = ("origin", "transit", "destination", "return")
ORIGINS: Mapping[str, str] = {
    **dict.fromkeys(("GT", "HN", "NI", "SV", "CR", "PA", "BZ"), "central_america"),
    **dict.fromkeys(("MX", "US", "CA"), "north_america"),
    **dict.fromkeys(("HT", "CU", "DO"), "caribbean"),
    **dict.fromkeys(("VE", "CO", "EC", "PE", "BR"), "south_america"),
}
HOURS = ("h00", "h06", "h12", "h18")
OUTCOMES = ("answered", "asked_back", "no_answer", "service_found", "none_found", "crisis_card",
            "person_offered", "left", "not_understood", "unavailable")  # fmt: skip
LATENCIES = {"under_half_second": 0.5, "under_two_seconds": 2.0, "under_ten_seconds": 10.0}
SLOWER = "slower"
# From her message to the moment when the vendor has taken the answer, and never.
ARRIVALS = {"in_ten_seconds": 10.0, "in_a_minute": 60.0, "in_ten_minutes": 600.0}
LATER, FAILED = "later_on", "failed"
# From the first report of something wrong to its confirmation, in days; and nobody looked.
CORRECTED = {"within_a_week": 7, "within_a_month": 30}
LONGER, LEFT_ALONE = "within_more", "left_alone"
REPORT = "report_outdated_information"
DEPTHS = {"turns_1": 1, "turns_2_3": 3, "turns_4_9": 9}
DEEPER = "turns_10_more"
WEEKS = ("days_01_07", "days_08_14", "days_15_21", "days_22_end")
CRISES = {"report_immediate_danger": "danger", "express_suicidal_distress": "distress"}
# The alarm behind what the conversation calls the crisis that goes on (its slot `crisis`).
_ALARMS = {"danger": "report_immediate_danger", "locked": "report_immediate_danger",
           "distress": "express_suicidal_distress"}  # fmt: skip
# A crisis card for anything else: a birth, a very ill child, somebody left behind, a ransom, the
# number of the police.
EMERGENCY = "emergency"
CRISIS_CARD = "crisis_card"
# The slot `pending` where she was asked whether she is in danger: beside a card that began no
# crisis, she had only asked for the police's number.
_WHETHER = "danger_check"
ENDINGS = ("over", "person", "left", "went_on", "silent")
# Not a table: over all countries, how many conversations a week had, were in crisis, or had an
# answer of these outcomes. For alerts.
WEEK = "week"
LOST = ("not_understood", "unavailable")
WEEKLY = ("volume", "crises", *LOST)
# Nor is this: themes by country and week of the month, for alerts (bot/analytics/surges.py).
THEME_WEEK = "theme_week"
WORKERS = "workers"  # not a table: by day, how often so many processes were seen at once

_BY_INTENT = {"ask_human": "person_offered", "quick_exit": "left", "delete_my_data": "left",
              "stop_messages": "left", "out_of_scope": "not_understood",
              "nlu_fallback": "not_understood"}  # fmt: skip


@cache
def intents() -> Mapping[str, str]:
    """Every intent, with its group."""
    groups = yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))["intents"]
    return {intent: str(group) for group, names in groups.items() for intent in names}


@cache
def themes() -> Mapping[str, tuple[str, ...]]:
    """Of each theme, and of what is asked about children and adolescents, its topics."""
    found = {name: tuple(topic for topic, group in intents().items() if group in groups)
             for name, groups in THEMES.items()}  # fmt: skip
    known = topics()
    return {**found, CHILDREN: tuple(each for each in intents()
                                     if each in known and known[each].child_focus)}  # fmt: skip


@cache
def with_children() -> tuple[str, ...]:
    """The themes that what is asked about minors is part of: together they are no less."""
    return tuple(name for name in THEMES if set(themes()[name]) & set(themes()[CHILDREN]))


@dataclass(frozen=True)
class Turn:
    """One answered message: only values of the lists above."""

    channel: str
    language: str
    country: str
    origin: str
    phase: str
    intent: str
    outcome: str
    service_type: str
    latency: str
    hour: str
    crisis: str | None = None  # of what kind, where it tells of one; else None
    is_alarm: bool = False  # whether it tells of it anew


def _of(value: Any, known: Any, otherwise: str) -> str:
    return value if isinstance(value, str) and value in known else otherwise


def read_turn(style: str, acted_on: str, outcome: str, slots: Mapping[str, Any],
              seconds: float, hour: int) -> Turn:  # fmt: skip
    """A turn from what the assistant says of it; unknown words become "other" or "unknown"."""
    came = str(outcome).replace(" ", "_")
    here = slots.get("country") or slots.get("here")
    intent, crisis = _need(acted_on, came, slots)
    return Turn(
        channel=_of(style, CHANNELS, OTHER),
        language=_language(slots),
        country=_of(here, COUNTRIES, UNKNOWN),
        origin=_of(slots.get("origin"), ORIGINS, OTHER if slots.get("origin") else UNKNOWN),
        phase=_of(slots.get("phase"), PHASES, UNKNOWN),
        intent=_of(intent, intents(), OTHER),
        outcome=_outcome(acted_on, came),
        service_type=_of(slots.get("service_type"), SERVICE_TYPES, OTHER),
        latency=next((name for name, limit in LATENCIES.items() if seconds < limit), SLOWER),
        hour=HOURS[hour // 6],
        crisis=crisis,
        is_alarm=acted_on in CRISES,
    )


def _need(acted_on: str, came: str, slots: Mapping[str, Any]) -> tuple[str, str | None]:
    """What a turn is about, and of what kind its crisis is (None: it tells of none).

    Every card is acted on as an alarm: a birth, a child that does not wake up, somebody left
    behind. What it was for, only the conversation's slots know; also after a restart, when she
    says no more than yes.
    """
    is_alarm = acted_on in CRISES
    if came != CRISIS_CARD and not is_alarm:
        return acted_on, None
    if on := slots.get("crisis"):
        alarm = _ALARMS.get(str(on))
        about = (alarm or str(slots.get("topic"))) if is_alarm else acted_on
        return about, CRISES[alarm] if alarm else EMERGENCY
    if is_alarm and slots.get("pending") == _WHETHER:
        return OTHER, EMERGENCY
    return acted_on, CRISES.get(acted_on, EMERGENCY)


def _language(slots: Mapping[str, Any]) -> str:
    """The one that she writes: the answer is in Spanish or English, whatever it is."""
    code = slots.get("wrote_in") or slots.get("language")
    return _of(code, SPOKEN, OTHER if code else UNKNOWN)


def _outcome(acted_on: str, came: str) -> str:
    """What she wished says more than what was said, but for a crisis card: whom to call in danger
    is no person who was offered to her."""
    if came == CRISIS_CARD:
        return came
    return _BY_INTENT.get(acted_on) or _of(came, OUTCOMES, "answered")


def arrival(seconds: float | None) -> str:
    """The bucket of a wait; of None, that it never left."""
    if seconds is None:
        return FAILED
    return next((name for name, limit in ARRIVALS.items() if seconds < limit), LATER)


def style(value: str) -> str:
    """One of CHANNELS, or "other"."""
    return _of(value, CHANNELS, OTHER)


def corrected(days: int | None) -> str:
    """The bucket of the days until something was put right; of None, that nobody looked."""
    if days is None:
        return LEFT_ALONE
    return next((name for name, most in CORRECTED.items() if days <= most), LONGER)


def depth(turns: int) -> str:
    """The bucket of a conversation's length."""
    return next((name for name, most in DEPTHS.items() if turns <= most), DEEPER)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def monday_of(day: date) -> date:
    """Of its week."""
    return day - timedelta(days=day.weekday())


def week(day: int) -> str:
    """The part of the month that a day lies in."""
    return WEEKS[min(3, (day - 1) // 7)]
