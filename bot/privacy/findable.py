# ruff: noqa: E501  (lines of a page for people)
"""docs/security/what-is-findable.md: where the sweep found what, and what else the database holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.privacy.catalogue import catalogue
from bot.privacy.scan import Finding

MEANS = {
    "pseudonym": "a keyed digest of channel and address: 32 letters; to go back to a number one needs "
    "the root secret and must try numbers one by one",
    "mark": "a keyed digest of something else than a person (a vendor's message id, a record), "
    "or of a secret that only its owner has (a cookie)",
    "mark of a month": "a keyed digest of a pseudonym under a random key of the month: tells women of one month apart; "
    "noise once that key is gone. Who has the root secret can try a pseudonym",
    "key": "a random key; a person's and a month's are wrapped by the root secret",
    "sealed": "AES-256-GCM under the person's key (staff: the installation's): noise without her row and the root secret",
    "sealed for a month": "AES-256-GCM under the random key of the month: noise once that key is gone, or without the root secret",
    "code": "one of a few values (channel, state, error code)",
    "number": "a count, or the number of a row",
    "order": "the vendor's own count of its posts to us, by which they are put in order",
    "job": "what is to be done for a pseudonym; gone when it is done",
    "moment": "a date and time",
    "process": "the name of a worker process",
    "content": "an id of the country's content",
}
HEAD = """# What can be found, while it can be found

Written by `tests/privacy/test_sweep.py` and held against it: it plants forty invented women (fifteen on PostgreSQL; numbers, names,
places, sentences, coordinates, vendors' message ids, each unique) on every channel and path, crashes and forgeries
included; those of the network sign in and read, somebody guesses passwords with her name and words, an editor tries the assistant with
them. Then it looks for all of it, in the usual encodings, in every table (the portal's, its audit log, the figures), column, file, journal,
log line (both forms), metric, trace, page of the portal and answer, and, where this machine has a `redis-server` (with PostgreSQL), in what
that Redis writes to disk. Whatever this page does not name was not found anywhere.
"""


def page(waiting: Iterable[Finding], answered: Iterable[Finding],
         forgotten: Iterable[Finding]) -> str:  # fmt: skip
    """The page's text."""
    states = [_by_place(each) for each in (waiting, answered, forgotten)]
    places = sorted(set().union(*states))
    lines = [
        HEAD, "## Found in clear", "",
        "| where | while her message waits | once she is answered | after her time |", "|---|---|---|---|",
        *(f"| `{place}` | " + " | ".join(_cell(state.get(place, ())) for state in states) + " |"
          for place in places), "",
        "After her time only the pseudonym of who said STOP is there, until she says START. Names, numbers, places,",
        "sentences and coordinates were found nowhere at any time; Rasa's memory (`slots.db`) holds, under the",
        "pseudonym, codes: country, town, language, topic, what was told and offered, for whom she writes",
        '("sister, in Guatemala, violence"), and the same of before her last message; our log and',
        "Rasa's hold nothing of hers.", "",
        "## Everything else that the database holds of people", "", *_tables(catalogue().people),
        "## What it holds of the network's own people, who work in the portal", "",
        *_tables(catalogue().staff), "| kind | is |", "|---|---|",
    ]  # fmt: skip
    lines += [f"| {kind} | {words} |" for kind, words in MEANS.items()]
    return "\n".join(lines) + "\n"


def _tables(tables: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    yield from ("| table | column: kind | until |", "|---|---|---|")
    for table, columns in tables.items():
        kinds = ", ".join(f"{k}: {kind}" for k, kind in columns.items() if k != "kept_until")
        yield f"| `{table}` | {kinds} | {catalogue().until(table)} |"
    yield ""


def _by_place(found: Iterable[Finding]) -> dict[str, set[str]]:
    places: dict[str, set[str]] = {}
    for each in found:
        # A journal is part of its database: which of the two holds a page is chance.
        place = each.place.removesuffix("-wal").removesuffix("-shm").removesuffix("-journal")
        places.setdefault(place, set()).add(each.kind)
    return places


def _cell(kinds: Collection[str]) -> str:
    return ", ".join(sorted(kinds)) or "-"
