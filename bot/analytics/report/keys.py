"""The key figures: what a reader who turns one page should know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.analytics.compare import in_percent, totals
from bot.analytics.figures import Figure, Figures, added, is_rest
from bot.analytics.flows import flows
from bot.analytics.protect import ALL
from bot.analytics.report.words import number, text
from bot.analytics.words import row_name


@dataclass(frozen=True)
class Key:
    """A number in large, and what it counts."""

    number: str
    words: str


def keys(now: Figures, before: Figures | None, language: str, country: str = ALL) -> list[Key]:
    """Those that are published, of all countries or of one."""

    def outcome(row: str, key: str) -> Iterator[Key]:
        return _shown(now.at("outcomes", row, country), key, language)

    return [
        *_volume(now, before, language, country),
        *_topic(now, language, country),
        *outcome("no_answer", "key_open"),
        *outcome("not_understood", "key_lost"),
        *outcome("none_found", "key_missing"),
        *_shown(now.total("crises", country), "key_crises", language),
        *(_flow(now, language) if country == ALL else ()),
        *_again(now, language, country),
    ]


def _volume(now: Figures, before: Figures | None, language: str, country: str) -> Iterator[Key]:
    total, then = totals(now, before, country)
    if total is None:
        return
    yield Key(number(total, language), text("key_volume", language))
    if much := in_percent(total, then):
        yield Key(much, text("key_change", language, number=number(then, language)))


def _topic(now: Figures, language: str, country: str) -> Iterator[Key]:
    for row, each in now.rows("topics", country).items():
        if not is_rest(row):
            what = row_name(row, language)
            yield Key(number(each, language), text("key_topic", language, what=what))
            return


def _shown(each: Figure | None, key: str, language: str) -> Iterator[Key]:
    if each:
        yield Key(number(each, language), text(key, language))


def _again(now: Figures, language: str, country: str) -> Iterator[Key]:
    """Who had written before; what is not shown apart is missing in it: at least so many."""
    rows = [each for row, each in now.rows("visits", country).items() if row.endswith(":again")]
    if rows:
        yield from _shown(added(rows, is_least=True), "key_again", language)


def _flow(now: Figures, language: str) -> Iterator[Key]:
    found = flows(now, language)
    if found:
        most = found.widest
        names = {"origin": most.origin.name, "country": most.country.name}
        yield Key(most.told, text("key_flow", language, **names))
