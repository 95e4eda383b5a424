"""The directory for other organisations: Open Referral HSDS 3.1 under `/api`, read only, no key."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import wraps

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.directory.hsds import VERSION, Directory, Entry, read_directory, taxonomy_entries
from bot.directory.hsds_list import page_of
from bot.directory.hsds_profile import openapi, profile
from bot.directory.hsds_query import (
    ONE_PARAMETERS,
    PARAMETERS,
    BadParameter,
    Query,
    read_id,
    read_query,
)
from bot.directory.hsds_words import Json
from bot.serve.open_now import opens
from bot.serve.parts import Parts

Endpoint = Callable[[HttpRequest], Awaitable[Response]]
KEPT_S = 30.0
HEADERS = {  # beside those of everything (bot/privacy/shield.py)
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
}


class Shelf:
    """The directory as last read: callers in a hurry share one reading, so that they cannot take
    the machine away from the women who write. A change shows after `KEPT_S` at the latest."""

    def __init__(
        self, engine: Engine, now: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._engine, self._now, self.clock = engine, now, clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Directory] | None = None

    def directory(self) -> Directory:
        """At most `KEPT_S` old; a failing database raises, nothing older is told."""
        with self._lock:
            if self._kept is None or self._now() - self._kept[0] >= KEPT_S:
                began = self._now()
                with Session(self._engine) as session:
                    self._kept = (began, read_directory(session, self.clock().date()))
            return self._kept[1]

    def entries(self, kind: str) -> Mapping[str, Entry]:
        """All records of a kind, by UUID."""
        if kind == "services":
            return self.directory().services
        if kind == "organizations":
            return self.directory().organizations
        return taxonomy_entries()[kind]


def routes(parts: Parts) -> list[BaseRoute]:
    """Every address under `/api`."""
    shelf = Shelf(parts.engine, clock=parts.clock)
    found: list[BaseRoute] = []
    for kind in PARAMETERS:
        found.append(Route(f"/api/{kind}", _listing(shelf, kind)))
        found.append(Route(f"/api/{kind}/{{id}}", _one(shelf, kind)))
    url = f"{parts.settings.public_url.rstrip('/')}/api"
    documents: dict[str, Json] = {
        "": {
            "version": VERSION,
            "profile": f"{url}/profile/",
            "openapi_url": f"{url}/openapi.json",
        },
        "openapi.json": openapi(url),
        "profile/": {"files": [f"{url}/profile/{table}.json" for table in profile()]},
        **{f"profile/{table}.json": patch for table, patch in profile().items()},
    }
    for path, document in documents.items():
        found.append(Route(f"/api/{path}", _fixed(document)))
    found.append(Route("/api", _fixed(documents[""])))
    found.append(Route("/api/{rest:path}", _nothing))
    return found


def answer(body: Json, status: int = 200) -> Response:
    """JSON that any page may read."""
    return Response(_dump(body), status, HEADERS, "application/json")


def _dump(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _naming_faults(endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def checked(request: HttpRequest) -> Response:
        try:
            return await endpoint(request)
        except BadParameter as fault:
            return answer({"error": str(fault), "parameter": fault.name}, 400)

    return checked


def _listing(shelf: Shelf, kind: str) -> Endpoint:
    @_naming_faults
    async def endpoint(request: HttpRequest) -> Response:
        query = read_query(request.query_params.multi_items(), PARAMETERS[kind])
        return await asyncio.to_thread(_list, shelf, kind, query)

    return endpoint


def _list(shelf: Shelf, kind: str, query: Query) -> Response:
    """Runs in a thread: filtering and writing take a while."""
    wanted = query.wanted
    if (wanted.search or wanted.for_whom) and kind in ("services", "organizations"):
        wanted = wanted.spelled(shelf.directory().words)
    now = shelf.clock() if query.is_open_now else None
    entries = [
        each
        for each in shelf.entries(kind).values()
        if query.parent_id is None
        and wanted.takes(each)  # our terms have no parents
        and (now is None or opens(each.full, now))
    ]
    if wanted.near:
        entries.sort(key=wanted.distance)
    records = [_shape(each, query) for each in entries]
    if query.is_ndjson:
        lines = "".join(f"{_dump(each)}\n" for each in records)
        return Response(lines, 200, HEADERS, "application/x-ndjson")
    return answer(page_of(records, query.page, query.page_size))


def _shape(entry: Entry, query: Query) -> Json:
    if query.is_minimal:
        return {key: entry.basic[key] for key in ("id", "last_modified") if key in entry.basic}
    if query.is_full_service and entry.with_services is not None:
        return entry.with_services
    return entry.full if query.is_full else entry.basic


def _one(shelf: Shelf, kind: str) -> Endpoint:
    @_naming_faults
    async def endpoint(request: HttpRequest) -> Response:
        query = read_query(request.query_params.multi_items(), ONE_PARAMETERS.get(kind, ()))
        try:
            record_id = read_id(request.path_params["id"])
        except BadParameter:
            return _missing()  # an id of no record, whatever its form
        entries = await asyncio.to_thread(shelf.entries, kind)
        entry = entries.get(record_id)
        if entry is None:
            return _missing()
        return answer((query.is_full_service and entry.with_services) or entry.full)

    return endpoint


def _missing() -> Response:
    return answer({"error": "id: no published record has it", "parameter": "id"}, 404)


def _fixed(document: Json) -> Endpoint:
    async def endpoint(_: HttpRequest) -> Response:
        return answer(document)

    return endpoint


async def _nothing(_: HttpRequest) -> Response:
    return answer({"error": "there is nothing at this address"}, 404)
