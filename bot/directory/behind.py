"""What stands behind a service's record: who runs it, who published it, whether we confirmed it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

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


def behind(engine: Engine, service_id: str) -> Behind | None:
    """None where there is no such service."""
    with Session(engine) as session:
        service = session.get(Service, service_id)
        if service is None:
            return None
        publisher = session.scalar(
            select(Source.publisher)
            .where(Source.record_id == service_id).order_by(Source.position).limit(1)
        )  # fmt: skip
        return Behind(
            kind=service.organization.kind,
            name=fold(f"{service.name} {service.organization.name}"),
            publisher=publisher,
            is_confirmed=service.verified_at is not None,
            interpreters=service.interpreters,
        )
