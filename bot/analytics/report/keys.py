"""The key figures: what a reader who turns one page should know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.analytics.compare import in_percent, totals
from bot.analytics.cuts import GAP
from bot.analytics.figures import Figure, Figures, is_rest
from bot.analytics.flows import flows
from bot.analytics.report.words import number, text
from bot.analytics.words import row_name


@dataclass(frozen=True)
class Key:
    """A number in large, and what it counts."""

    number: str
    words: str


def keys(now: Figures, before: Figures | None, language: str) -> list[Key]:
    """Those that are published."""
    return [
        *_volume(now, before, language),
        *_topic(now, language),
        *_shown(now.at("outcomes", "no_answer"), "key_open", language),
        *_shown(now.at("outcomes", "not_understood"), "key_lost", language),
        *_sum(now, "services", GAP, "key_missing", language),
        *_shown(now.total("crises"), "key_crises", language),
        *_flow(now, language),
        *_sum(now, "visits", ":again", "key_again", language),
    ]


def _volume(now: Figures, before: Figures | None, language: str) -> Iterator[Key]:
    total, then = totals(now, before)
    if total is None:
        return
    yield Key(number(total, language), text("key_volume", language))
    if much := in_percent(total, then):
        yield Key(much, text("key_change", language, number=number(then, language)))


def _topic(now: Figures, language: str) -> Iterator[Key]:
    for row, each in now.rows("topics").items():
        if not is_rest(row):
            what = row_name(row, language)
            yield Key(number(each, language), text("key_topic", language, what=what))
            return


def _shown(each: Figure | None, key: str, language: str) -> Iterator[Key]:
    if each:
        yield Key(number(each, language), text(key, language))


def _sum(now: Figures, cut: str, ending: str, key: str, language: str) -> Iterator[Key]:
    """Of the rows with this ending; what is not shown is missing in it: at least so many."""
    rows = [each for row, each in now.rows(cut).items() if row.endswith(ending)]
    if rows:
        yield from _shown(Figure(sum(each.value for each in rows), True), key, language)


def _flow(now: Figures, language: str) -> Iterator[Key]:
    found = flows(now, language)
    if found:
        most = found.widest
        names = {"origin": most.origin.name, "country": most.country.name}
        yield Key(f"{most.value:,}", text("key_flow", language, **names))
