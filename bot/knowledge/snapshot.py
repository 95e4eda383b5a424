"""A record as JSON, with all that hangs on it, and back again.

Of a secret place the JSON holds neither address, nor town, nor point, nor any text that names them:
what is not in the history cannot leak from it. Such a field is left out, and putting the rest back
leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, inspect
from sqlalchemy.orm import Session, object_session

from bot.database import UtcMoment
from bot.directory.hours import weekly_hours
from bot.directory.hsds_secret import Veil, veil_of
from bot.directory.models import Location, OfService, Phone, Schedule, Service, ServiceType
from bot.directory.text import fold
from bot.knowledge.models import EmergencyLine, Statement
from bot.knowledge.sources import put_sources, rows_of

Json = dict[str, Any]
Record = Service | Statement | EmergencyLine
PARTS: dict[str, type[OfService]] = {
    "types": ServiceType, "locations": Location, "phones": Phone, "schedules": Schedule,
}  # fmt: skip
_OWN = (
    "id",
    "file_hash",
    "edited_at",
    "last_modified",
    "searched",
)  # about the row, not what it says
_PLACE = ("address_1", "city", "latitude", "longitude", "precision")
_HOURS = ("hours_es", "hours_en")


def find_record(session: Session, record_id: str) -> Record | None:
    """The record in whichever table it is."""
    return (
        session.get(Service, record_id)
        or session.get(Statement, record_id)
        or session.get(EmergencyLine, record_id)
    )


def snapshot(record: Record) -> Json:
    """Everything that it says now."""
    values = {name: _as_json(getattr(record, name)) for name in columns(type(record))}
    if isinstance(record, Statement):
        values["sources"] = rows_of(_session_of(record), record.id)
    if not isinstance(record, Service):
        return values
    for part, table in PARTS.items():
        values[part] = [
            {name: getattr(each, name) for name in columns(table)} for each in getattr(record, part)
        ]
    return without_place(values, veil_of(record)) if record.confidential_location else values


def without_place(values: Json, veil: Veil) -> Json:
    """The snapshot of a place that is secret now, whatever it was then."""
    places = values.get("locations", [])
    known = {fold(str(each[n])) for each in places for n in ("city", "address_1") if each.get(n)}
    veil = replace(veil, is_secret=True, hidden=tuple({*veil.hidden, *known} - {""}))
    kept = {
        name: value
        for name, value in values.items()
        if not (
            isinstance(value, str) and (veil.hides(value) or _is_hiding_link(veil, name, value))
        )
    }
    if any(name in values and name not in kept for name in _HOURS):
        kept.pop("schedules", None)  # they would come back without the words that they go with
    if places:
        kept["locations"] = [_without(place) for place in places]
    if phones := values.get("phones"):
        kept["phones"] = [
            {name: None if name.startswith("label") and veil.hides(value) else value
             for name, value in each.items()}
            for each in phones
        ]  # fmt: skip
    return kept


def _without(place: Json) -> Json:
    return {**place, **dict.fromkeys(_PLACE), "location_type": "virtual"}


def _is_hiding_link(veil: Veil, name: str, value: str) -> bool:
    return name in ("url", "email") and veil.hides_link(value)


def put_back(record: Record, values: Mapping[str, Any]) -> None:
    """Make the record say `values`; what they leave out stays. A secret place stays secret.

    Words about opening hours that differ bring their weekly hours with them, for "open now" is told
    by these: read from the words, or none. Whoever writes a service comes through here.
    """
    stays_secret = isinstance(record, Service) and record.confidential_location
    if isinstance(record, Service):
        values = _with_schedules(record, values)
    known = columns(type(record))
    for name, value in values.items():
        if name in known:
            setattr(record, name, _from_json(type(record), name, value))
        elif name == "sources" and isinstance(record, Statement):
            put_sources(_session_of(record), record.id, value)
        elif not (isinstance(record, Service) and name in PARTS):
            raise KeyError(name)
    if isinstance(record, Service):
        if stays_secret:
            record.confidential_location = True
        for part, table in PARTS.items():
            if part in values:
                _put_part(record, part, table, values[part], stays_secret)


def _with_schedules(record: Service, values: Mapping[str, Any]) -> Mapping[str, Any]:
    now = {name: getattr(record, name) for name in _HOURS}
    said = {name: values.get(name, now[name]) for name in _HOURS}
    if "schedules" in values or said == now:
        return values
    return {**values, "schedules": weekly_hours(said["hours_es"], said["hours_en"])}


def _session_of(record: Record) -> Session:
    """Every record here was read from one."""
    session = object_session(record)
    if session is None:
        raise LookupError(f"{record.id}: read in no session")
    return session


def _put_part(
    record: Service, part: str, table: type[OfService], rows: list[Json], stays_secret: bool
) -> None:
    if stays_secret and table is Location:
        rows = [_without(each) for each in rows]
    kept: list[Any] = getattr(record, part)
    kept.clear()
    if session := object_session(record):
        session.flush()  # a service has each type once: the old ones go before the new ones come
    make: Any = table
    kept += [make(position=number, **row) for number, row in enumerate(rows, 1)]


def columns(table: type[Any]) -> list[str]:
    """The names of what a row of the table says."""
    own = (*_OWN, "service_id", "position") if issubclass(table, OfService) else _OWN
    return [each.key for each in inspect(table).column_attrs if each.key not in own]


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _from_json(table: type[Any], name: str, value: Any) -> Any:
    kind = inspect(table).columns[name].type
    if isinstance(value, str) and isinstance(kind, UtcMoment):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and isinstance(kind, Date) else value
