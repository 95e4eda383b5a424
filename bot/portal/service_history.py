"""What a record said before, who changed it, and bringing any of it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.hsds_secret import veil_of
from bot.directory.hsds_words import service_type_name
from bot.directory.models import Service
from bot.knowledge.history import By, UnknownRecord, restore, versions
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import without_place
from bot.knowledge.trust import Version
from bot.portal.asked import owner_of, refuse_taken
from bot.portal.records import hers_or_refused
from bot.portal.reviews import propose
from bot.portal.site import Refused, Visit
from bot.portal.statements import needs_second
from bot.portal.words import texts

_OF_TEXTS = ("text_es", "text_en", "asked", "valid_until")  # earlier versions lack some
_SILENT = ("verified_at", "verified_by", "second_reading", "schedules")


@dataclass(frozen=True)
class Line:
    """One field before and after."""

    field: str
    before: str
    after: str


def history(visit: Visit) -> Response:
    """All versions, the latest first."""
    with Session(visit.engine) as session:
        record = hers_or_refused(session, visit)
        rows = [
            (each, _lines(record, each, visit.language))
            for each in reversed(versions(session, record.id))
        ]
        return visit.page(
            "history.html", rows=rows, record_id=record.id, is_service=isinstance(record, Service)
        )


def restore_version(visit: Visit) -> Response:
    """Bring one back. Whether it is told stays as it is: a contributor cannot publish that way."""
    with Session(visit.engine) as session:
        record = hers_or_refused(session, visit)
        record_id, is_service = record.id, isinstance(record, Service)
        values = {} if isinstance(record, Service) else _texts(session, visit, record)
        if isinstance(record, Statement) and needs_second(record):
            propose(visit, record_id, values, "")
            return visit.go(f"/portal/statements/{quote(record_id)}", "proposed")
    number = visit.form.get("number", "")
    by = By(visit.person.history_role, visit.now)
    try:
        restore(
            visit.engine, record_id, int(number) if number.isdigit() else 10**6, by,
            keep=("publication" if is_service else "status",),
        )  # fmt: skip
    except UnknownRecord as error:
        raise Refused(404, "nothing_here") from error
    visit.note("restored", record_id)
    kind = "services" if is_service else "statements"
    return visit.go(f"/portal/{kind}/{quote(record_id)}", "restored")


def _texts(session: Session, visit: Visit, record: Statement) -> dict[str, Any]:
    """What a text said in the version that is wanted back. Refused where a question of it went to
    another text since."""
    number = visit.form.get("number", "")
    for version in versions(session, record.id):
        said = version.before if number == "0" else version.after
        if number in ("0", str(version.number)) and said:
            refuse_taken(session, said.get("asked"), owner_of(record), visit.today)
            return {name: said[name] for name in _OF_TEXTS if name in said}
    raise Refused(404, "nothing_here")


def _lines(record: Service | Statement, version: Version, language: str) -> list[Line]:
    before, after = version.before or {}, version.after or {}
    if isinstance(record, Service) and record.confidential_location:
        # Nothing of the place is kept; should it be, it is not shown either.
        before, after = (without_place(each, veil_of(record)) for each in (before, after))
    names = [name for name in {**before, **after} if name not in _SILENT]
    return [
        Line(_label(name, language), _shown(name, before.get(name), language),
             _shown(name, after.get(name), language))
        for name in names
        if before.get(name) != after.get(name)
    ]  # fmt: skip


def _label(name: str, language: str) -> str:
    pair = texts().get(f"field_{name}")
    return pair["en" if language == "en" else "es"] if pair else name


def _shown(name: str, value: Any, language: str) -> str:
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return texts()["yes" if value else "no"][language]
    if name == "asked":
        return " / ".join(" · ".join(questions) for questions in value.values())
    if name == "types":
        return ", ".join(str(service_type_name(each["type"]).get(language)) for each in value)
    if name == "phones":
        return ", ".join(each["display"] for each in value)
    if name == "locations":
        parts = [each.get(key) for each in value for key in ("address_1", "city", "state_province")]
        return ", ".join(filter(None, parts)) or "—"
    if name in ("publication", "status") and f"state_{value}" in texts():
        return texts()[f"state_{value}"][language]
    return str(value)
