"""What a record said before, who changed it, and bringing any of it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.knowledge.history import By, UnknownRecord, restore_inside, said_then, versions
from bot.knowledge.models import Statement
from bot.knowledge.snapshot import snapshot, without_place
from bot.knowledge.trust import Version
from bot.portal.asked import owner_of, taken
from bot.portal.compare import Line, lines
from bot.portal.records import hers_or_refused
from bot.portal.reviews import propose, refuse_telling
from bot.portal.second_person import needs_second
from bot.portal.site import Refused, Visit, whole_number

# Earlier versions lack some.
_OF_TEXTS = ("text_es", "text_en", "intent", "kind", "sources", "as_of", "asked", "valid_from",
             "valid_until")  # fmt: skip
_SILENT = ("verified_at", "verified_by", "second_reading")


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
    """Bring one back. Whether it is told stays as it is: a contributor cannot publish that way.
    Questions that went to another text since stay there; the rest comes back, and that is said."""
    try:
        return _restore(visit)
    except UnknownRecord as error:
        raise Refused(404, "version_gone") from error


def _restore(visit: Visit) -> Response:
    number, keep = whole_number(visit.form.get("number", "")), {"publication"}
    number = 10**6 if number is None else number  # of no version
    values: dict[str, Any] | None = None
    with transaction(visit.engine) as session:
        record = hers_or_refused(session, visit)
        record_id, kind = record.id, "services"
        if isinstance(record, Statement):
            said = said_then(session, record_id, number)
            refuse_telling(session, record.country, said.get("text_es", record.text_es),
                           said.get("text_en", record.text_en))  # fmt: skip
            kind, keep = "statements", {"status"} | _taken(session, visit, record, said)
            keep |= set() if said.get("sources") else {"sources"}  # never without any
            if needs_second(record, said.get("intent", ""), said.get("kind", "")):
                now = snapshot(record)
                back = [name for name in _OF_TEXTS if name in said.keys() - keep]
                values = {name: said[name] for name in back if said[name] != now[name]}
        if values is None:
            by = By(visit.person.history_role, visit.now)
            restore_inside(session, record_id, number, by, keep)
    if values == {}:
        return visit.go(f"/portal/{kind}/{quote(record_id)}", "unchanged")
    if values is None:
        visit.note("restored", record_id)
    else:
        propose(visit, record_id, values, "")
    done = "restored" if values is None else "proposed"
    done += "_unasked" if "asked" in keep else ""
    return visit.go(f"/portal/{kind}/{quote(record_id)}", done)


def _taken(session: Session, visit: Visit, record: Statement, said: Mapping[str, Any]) -> set[str]:
    """The name of the field where another text has a question of it now; who is withdrawn is
    asked nothing, and is looked at when it is told again."""
    asked = said.get("asked") if record.status != "withdrawn" else None
    owner = replace(owner_of(record), topic=said.get("intent") or record.intent)
    return {"asked"} if taken(session, asked or {}, owner, visit.today) else set()


def _lines(record: Service | Statement, version: Version, language: str) -> list[Line]:
    before, after = version.before or {}, version.after or {}
    if isinstance(record, Service) and record.confidential_location:
        # Nothing of the place is kept; should it be, it is not shown either.
        before, after = (without_place(each, veil_of(record)) for each in (before, after))
    return lines(before, after, language, _SILENT)
