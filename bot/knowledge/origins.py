"""Where statements come from: their sources by name and date, and a page of each to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.knowledge.citing import Citation, best_name, cite, publishers
from bot.knowledge.library import Library
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Source, Statement
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL


@dataclass(frozen=True)
class Origins:
    """`rows` in the order asked for, without what may not be told any more; `links` in that of
    the citation's sources, one a source, where it has one."""

    rows: tuple[Statement, ...]
    citation: Citation
    links: tuple[str, ...]


def origins(engine: Engine, ids: Sequence[str], today: date) -> Origins:
    """What stands behind the statements among `ids`, whatever their country."""
    with engine.connect() as connection:
        library = Library(connection)
        codes = (*COUNTRY_CODES, REGIONAL)
        named = {each.split(".")[0].upper() for each in ids}.intersection(codes)
        found = {row.id: row for row in library.statements(ids, named)}
        rows = tuple(found[each] for each in dict.fromkeys(ids)
                     if each in found and may_be_told(found[each], today))  # fmt: skip
        citation = cite(library, rows, today)
        cited = {row.id: best_name(publishers(library, row)) for row in rows}
    return Origins(rows, citation, _links(engine, cited))


def _links(engine: Engine, cited: dict[str, str]) -> tuple[str, ...]:
    """For each source that is named, the first page of it behind what was told."""
    wanted = (select(Source.record_id, Source.publisher, Source.url)
              .where(Source.record_id.in_(cited)).order_by(Source.position))  # fmt: skip
    with Session(engine) as session:
        pages = session.execute(wanted).all()
    found: dict[str, str] = {}
    for record_id, name in cited.items():
        url = next((u for i, publisher, u in pages if (i, publisher) == (record_id, name)), "")
        if url.startswith("http"):
            found.setdefault(name, url)
    return tuple(found.values())
