"""Places whose name nobody spells so: by nearly the same words, in the name or in what they offer.

Only where no name holds what was typed, for it reads all that is hers. Secret places are left out:
what they offer may name the town, and their told names are found exactly or not at all.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.directory.models import Service
from bot.directory.near_words import holds, meant, words_in
from bot.directory.text import fold


def nearly(session: Session, own: ColumnElement[bool], wanted: str) -> list[str]:
    """The ids of her open places that have all the folded words, or words like them. All of them
    are read: of the first five thousand alone an editor of many would find a tenth of what there
    is, and be told that it is all."""
    rows = session.execute(
        select(Service.id, Service.searched, Service.description_es, Service.description_en)
        .where(own, Service.confidential_location.is_(False))
    )  # fmt: skip
    texts = {
        record_id: f" {' '.join(named.split())} {fold(spanish)} {fold(english)}"
        for record_id, named, spanish, english in rows
    }
    alike = meant(wanted.split(), words_in(texts.values()))
    words = tuple(tuple(f" {each}" for each in one) for one in alike)  # where a word begins
    return [record_id for record_id, text in texts.items() if holds(text, words)]
