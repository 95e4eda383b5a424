"""What goes out: her services as a sheet, all that is published as HSDS, an empty sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from threading import Lock

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from starlette.responses import Response, StreamingResponse

from bot.directory.hsds_package import exchanged, write_json, write_package
from bot.directory.models import Service
from bot.directory.sheet import MOST_ROWS, csv_head, csv_rows, template
from bot.directory.sheet_export import sheet_rows
from bot.directory.sheet_xlsx import template_xlsx, write_xlsx
from bot.portal.freshness import hers
from bot.portal.site import Refused, Visit

READ_TOGETHER = 2_000
WAITS_S = 5.0  # for somebody else's HSDS file to be made
_MAKING_HSDS = Lock()
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(visit: Visit) -> Response:
    """Her services as the sheet that comes back; of secret places nothing that is veiled."""
    visit.note("exported")
    name = "servicios.csv" if visit.language == "es" else "services.csv"
    parts = _in_parts(visit.engine, hers(visit.person, Service), visit.language)
    return StreamingResponse(parts, media_type=CSV, headers=_called(name))


def export_xlsx(visit: Visit) -> Response:
    """The same as XLSX; of more than could come back, only the CSV."""
    own = hers(visit.person, Service)
    with Session(visit.engine) as session:
        many = session.scalar(select(func.count()).select_from(Service).where(own)) or 0
    if many > MOST_ROWS:
        raise Refused(413, "sheet_too_many")
    visit.note("exported")
    name = "servicios.xlsx" if visit.language == "es" else "services.xlsx"
    data = write_xlsx(chain.from_iterable(_rows(visit.engine, own)), visit.language)
    return Response(data, media_type=XLSX, headers=_called(name))


def _in_parts(engine: Engine, own: ColumnElement[bool], language: str) -> Iterator[bytes]:
    """The sheet as CSV, as it is read."""
    yield csv_head(language)
    yield from (csv_rows(some) for some in _rows(engine, own))


def _rows(engine: Engine, own: ColumnElement[bool]) -> Iterator[list[dict[str, str]]]:
    """The sheet as it is read: of fifty thousand places nobody waits for the last one to get the
    first, and no more than some stand in memory. No connection is held while a slow line takes it.
    """
    last = ""
    while True:
        wanted = select(Service).where(own, Service.id > last).order_by(Service.id).options(
            joinedload(Service.organization), selectinload(Service.types),
            selectinload(Service.phones), selectinload(Service.locations),
        )  # fmt: skip
        with Session(engine) as session:
            some = session.scalars(wanted.limit(READ_TOGETHER)).all()
            if not some:
                return
            last = some[-1].id
            part = sheet_rows(some)
        yield part


def hsds_json(visit: Visit) -> Response:
    """All that is published, as `/api` tells it to anybody: one JSON file; of more than could come
    back, only the package."""
    published = Service.publication == "published"
    with Session(visit.engine) as session:
        many = session.scalar(select(func.count()).select_from(Service).where(published)) or 0
        if many > MOST_ROWS:
            raise Refused(413, "hsds_too_many")
        with _alone():
            data = write_json(exchanged(session, visit.today))
    visit.note("exported")
    return Response(data, media_type="application/json", headers=_called("hsds.json"))


def hsds_package(visit: Visit) -> Response:
    """The same as HSDS's tabular data package."""
    with Session(visit.engine) as session, _alone():
        data = write_package(exchanged(session, visit.today), visit.now)
    visit.note("exported")
    return Response(data, media_type="application/zip", headers=_called("hsds.zip"))


@contextmanager
def _alone() -> Iterator[None]:
    """One HSDS file at a time: of fifty thousand places it takes the processor for more than a
    minute, and every tap of somebody who does not want to wait began another one."""
    if not _MAKING_HSDS.acquire(timeout=WAITS_S):
        raise Refused(503, "hsds_busy")
    try:
        yield
    finally:
        _MAKING_HSDS.release()


def empty_sheet(visit: Visit) -> Response:
    """The template with one example, as CSV."""
    return Response(template(visit.language), media_type=CSV, headers=_called("plantilla.csv"))


def empty_xlsx(visit: Visit) -> Response:
    """The template as XLSX."""
    data = template_xlsx(visit.language)
    return Response(data, media_type=XLSX, headers=_called("plantilla.xlsx"))


def _called(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
