"""What stands behind a service's record: who runs it, who published it, whether we confirmed it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, joinedload

from bot.directory.models import Service
from bot.directory.text import fold
from bot.knowledge.models import Source


@dataclass(frozen=True)
class Behind:
    """`kind` of whoever runs it, as in the files; `name` of both, folded, to be searched only."""

    kind: str
    name: str
    publisher: str | None
    is_confirmed: bool  # by somebody of the network
    interpreters: bool
    languages: tuple[str, ...] = ()  # codes


def behind(engine: Engine, ids: Collection[str]) -> dict[str, Behind]:
    """By id; nothing of those that are no services."""
    wanted = tuple(ids)
    with Session(engine) as session:
        publishers: dict[str, str | None] = {}
        told = (select(Source.record_id, Source.publisher)
                .where(Source.record_id.in_(wanted)).order_by(Source.position))  # fmt: skip
        for record_id, publisher in session.execute(told):
            publishers.setdefault(record_id, publisher)
        found = (select(Service).where(Service.id.in_(wanted))
                 .options(joinedload(Service.organization)))  # fmt: skip
        services = session.scalars(found).all()
        return {each.id: _behind(each, publishers.get(each.id)) for each in services}


def _behind(service: Service, publisher: str | None) -> Behind:
    return Behind(
        kind=service.organization.kind,
        name=fold(f"{service.name} {service.organization.name}"),
        publisher=publisher,
        is_confirmed=service.verified_at is not None,
        interpreters=service.interpreters,
        languages=tuple(service.languages.split()),
    )
