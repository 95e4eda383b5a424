"""A secret place leaves by no door of the portal: pages, files, letters, history, counters.

A careless editor wrote the town wherever there is room for it. Two such portals differ in nothing
but which town that is: what does not depend on the secret cannot betray it. What is said to women
is held against the same in tests/conversation/test_secret_places.py, the API and its files in
tests/directory/test_hsds_api.py.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy import Engine, select

from bot.database import transaction
from bot.directory.models import Service
from bot.directory.reports import report_record
from bot.directory.text import fold
from tests.conftest import Copied, opened
from tests.conversation.test_secret_places import Pair, careless, two_towns
from tests.portal.conftest import two_countries
from tests.portal.desk import NOW, Desk, Worker
from tests.portal.test_reminders import Box

PAGES = (
    "/portal/", "/portal/waiting", "/portal/services?country=HN", "/portal/reports",
    "/portal/reminders", "/portal/audit", "/portal/people", "/portal/figures",
)  # fmt: skip
FILES = ("export", "export.xlsx")  # the other two are held in tests/directory/test_hsds_api.py
# A session's token, and of what is signed the second and the signature: these differ anyhow.
_OWN = re.compile(r'name="csrf" value="\w+"|nonce="[^"]*"|\.[\w-]{6}\.[\w-]{27}\b')


@pytest.fixture(scope="module")
def pair() -> Pair:
    return two_towns("HN")


def portal(engine: Engine, loop: BlockingPortal, pair: Pair, town: str) -> Desk:
    """Two of three places of Honduras are secret and full of their town."""
    with transaction(engine) as session:
        wanted = select(Service).where(Service.country == "HN").order_by(Service.id)
        for number, service in enumerate(session.scalars(wanted)):
            if number % 3 or service.confidential_location:
                careless(service, number, town, pair.state)
                service.whatsapp = "+50499990000" if number % 2 else None
    return Desk.open(engine, loop)


@pytest.fixture
def portals(copied: Copied, loop: BlockingPortal, pair: Pair) -> Iterator[tuple[Desk, Desk]]:
    one, other = (opened(copied("sqlite", two_countries)) for _ in "ab")
    first, second = next(one), next(other)
    yield portal(first, loop, pair, pair.first), portal(second, loop, pair, pair.second)
    for each in (one, other):
        next(each, None)


def said(worker: Worker, path: str) -> str:
    """What stands there, of a packed file what is in it."""
    worker.open(path)
    assert worker.status == 200, path
    data = worker.answer.content
    if data[:2] != b"PK":
        return _OWN.sub("", worker.text)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = [each for each in packed.namelist() if "docProps" not in each]
        return "\n".join(packed.read(name).decode() for name in sorted(names))


def secret_ids(desk: Desk) -> list[str]:
    with desk.engine.connect() as connection:
        secret = select(Service.id).where(Service.confidential_location, Service.country == "HN")
        return list(connection.scalars(secret.order_by(Service.id)))


def told(desk: Desk, pair: Pair) -> dict[str, str]:
    """Everything that an administrator and whoever runs a secret place can open, by its address."""
    boss = desk.worker("administrator")
    ids = secret_ids(desk)
    for each in ids[:2]:  # acts leave traces: in the history, the audit log, the reports
        boss.open(f"/portal/services/{each}").send(f"/services/{each}", cost="paid", do="save")
        for _ in range(3):
            report_record(desk.engine, each, NOW.date())
    paths = [*PAGES, *(f"/portal/sheets/{each}" for each in FILES)]
    paths += [f"/portal/services/{each}" for each in ids[:5]]
    paths += [f"/portal/records/{each}/history" for each in ids[:2]]
    # The same questions to both: a town, and the beginning of a name that gives it away.
    paths += [f"/portal/services?country=HN&q={each}" for each in (pair.first, pair.second, "casa")]
    found = {path: said(boss, path) for path in paths}
    box = Box(desk)
    box.postwoman.deliver(NOW.date())
    letters = "\n".join(f"{each['To']} {each['Subject']} {each.get_content()}" for each in box.sent)
    found["letters"] = _OWN.sub("", letters)
    owner = desk.contributor(desk.read(ids[1]), "Berta")
    for path in ("/portal/", "/portal/services", f"/portal/services/{ids[1]}"):
        found[f"her {path}"] = said(owner, path)
    return found


def test_no_page_file_or_trace_depends_on_where_the_secret_places_are(
    portals: tuple[Desk, Desk], pair: Pair
) -> None:
    here, there = (told(each, pair) for each in portals)

    assert [path for path in here if here[path] != there[path]] == []
    asked = {path for path in here if "q=" in path}  # they say again what was asked
    everything = " ".join(text for path, text in here.items() if path not in asked)
    assert f" {fold(pair.first)} " not in f" {fold(everything)} "
    for leak in ("Xanath", "Calle 3", fold(pair.first).replace(" ", "") + ".example"):
        assert leak not in everything
    assert everything.count(f"({pair.state})") > 20
