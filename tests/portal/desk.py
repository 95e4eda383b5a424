"""Somebody at the portal: signs in, reads pages, sends their forms as a browser without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pyotp
import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.conversation.world import World
from bot.directory.models import Service
from bot.portal.accounts import Newcomer
from bot.portal.guard import SESSION
from bot.portal.routes import site_routes
from bot.portal.secrets import Secrets
from bot.portal.sessions import open_session
from bot.portal.site import Site
from bot.privacy.shield import Shield
from tests.conftest import ON_BOTH

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
on_both = pytest.mark.parametrize("kind", ON_BOTH, indirect=True)
PASSWORD = "caballo correcto pila grapa"  # noqa: S105 - of nobody
TOTP = "JBSWY3DPEHPK3PXP"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class Forms(HTMLParser):
    """Every form of a page, with its fields as they stand there."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.area = self.choice = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = dict(pairs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append({"action": given.get("action") or "", "fields": {}})
        if not self.forms or (not name and tag != "option"):
            return
        fields = self.forms[-1]["fields"]
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given and "disabled" not in given:
                fields.setdefault(name, []).append(given.get("value") or "on")
        elif tag == "input" and given.get("type") != "file":
            fields[name] = [given.get("value") or ""]
        elif tag == "textarea":
            self.area = name
            fields[name] = [""]
        elif tag == "select":
            self.choice = name
        elif tag == "option" and self.choice and ("selected" in given or self.choice not in fields):
            fields[self.choice] = [given.get("value") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        if tag == "select":
            self.choice = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1]["fields"][self.area][0] += data


@dataclass
class Worker:
    """One browser. Of whoever is signed in and has opened nothing yet the page at `path` is read
    as soon as somebody asks what stands there."""

    client: TestClient
    path: str = ""
    seen: list[str] = field(default_factory=list)
    read: Any = None  # the last answer

    def open(self, path: str) -> Worker:
        return self._read(self.client.get(path))

    @property
    def answer(self) -> Any:
        if self.read is None and self.path:
            self.open(self.path)
        return self.read

    @property
    def text(self) -> str:
        return str(self.answer.text) if self.answer else ""

    @property
    def status(self) -> int:
        return int(self.answer.status_code) if self.answer else 0

    @property
    def headers(self) -> Any:
        return self.answer.headers

    def _read(self, response: Any) -> Worker:
        self.path, self.read = response.url.path, response
        if "html" in response.headers.get("content-type", ""):  # a file may be as large as it is
            assert len(response.content) < 150_000, f"{self.path}: {len(response.content)} bytes"
        return self

    def forms(self) -> list[dict[str, Any]]:
        parser = Forms()
        parser.feed(self.text)
        return parser.forms

    def send(self, action: str, files: Any = None, **fields: Any) -> Worker:
        """The form whose address ends so, filled in as it stands, with `fields` written into it."""
        forms = [each for each in self.forms() if (each["action"] or self.path).endswith(action)]
        assert forms, f"{self.path}: no form for {action}"
        form = next((each for each in forms if set(fields) <= {*each["fields"], "do"}), forms[0])
        values = form["fields"] | {k: v if isinstance(v, list) else [v] for k, v in fields.items()}
        return self._read(self.client.post(form["action"] or self.path, data=values, files=files))

    def send_bare(self, path: str, **fields: str) -> Worker:
        """As a page of ours never would, but with the right token."""
        token = re.search(r'name="csrf" value="(\w+)"', self.text)
        assert token
        return self._read(self.client.post(path, data={"csrf": token[1], **fields}))

    @property
    def words(self) -> str:
        """What is read on the page."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())


@dataclass
class Desk:
    """The portal, and its people."""

    engine: Engine
    site: Site
    clock: Clock
    app: Any  # as it is served, behind its shield
    loop: BlockingPortal | None = None  # of all browsers; else each request brings its own up

    @classmethod
    def open(cls, engine: Engine, loop: BlockingPortal | None = None) -> Desk:
        clock = Clock()
        site = Site(engine, Secrets(b"s" * 32), World(engine), clock, "http://testserver")
        shielded: Any = Shield(Starlette(routes=site_routes(site)))  # type: ignore[arg-type]
        return cls(engine, site, clock, shielded, loop)

    def browser(self) -> Worker:
        client = TestClient(self.app)
        client.portal = self.loop
        return Worker(client)

    def invite(self, role: str, name: str = "Ana", **more: str) -> str:
        """The path of her invitation."""
        who = Newcomer(name, f"{name.lower()}@red.example", role, **more)
        return f"/portal/invitation/{self.site.accounts.invite(who, self.clock())}"

    def newcomer(self, role: str, name: str = "Ana", **more: str) -> Worker:
        """Somebody of that role who has just sent the form of her invitation."""
        worker = self.browser().open(self.invite(role, name, **more))
        return worker.send(worker.path, password=PASSWORD, again=PASSWORD)

    def worker(self, role: str, name: str = "Ana", **more: str) -> Worker:
        """Somebody of that role, signed in, on "my work": without the forms that lead there."""
        worker = self.browser()
        worker.path = "/portal/"
        token = self.session(self.invite(role, name, **more))
        # Where the portal's own cookie lies, so that the next one takes its place.
        worker.client.cookies.set(SESSION, token, domain="testserver.local", path="/portal")
        return worker

    def session(self, link: str) -> str:
        """The token of whoever has accepted the invitation, with a second lock where she must."""
        accounts, now = self.site.accounts, self.clock()
        person = accounts.accept(link.rsplit("/", 1)[-1], PASSWORD, now)
        assert person
        if person.must_set_up_totp:
            accounts.keep_totp(person.id, TOTP)
        return open_session(self.engine, person.id, "Firefox, Linux", now, is_whole=True)

    def set_up_totp(self, worker: Worker) -> str:
        """The secret that her telephone has now."""
        return self.set_up_totp_here(worker.open("/portal/totp"))

    def set_up_totp_here(self, worker: Worker) -> str:
        """On the page that is open."""
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', worker.text)
        assert secret
        plain = secret[1].replace(" ", "")
        worker.send("/totp", code=pyotp.TOTP(plain).at(self.clock()), old=PASSWORD)
        return plain

    def editor(self, name: str = "Ana", country: str = "HN") -> Worker:
        return self.worker("editor", name, country=country)

    def contributor(self, service: Service, name: str = "Berta") -> Worker:
        return self.worker("contributor", name, organization_id=service.organization_id)

    def service(self, **like: Any) -> Service:
        """The first published, open service that has those columns."""
        wanted = {"publication": "published", "confidential_location": False, "country": "HN"}
        with Session(self.engine, expire_on_commit=False) as session:
            found = select(Service).filter_by(**wanted | like).order_by(Service.id)
            service = next(each for each in session.scalars(found) if each.phones or like)
            _ = [service.organization, service.phones, service.locations, service.types]
            return service

    def read(self, service_id: str) -> Service:
        with Session(self.engine, expire_on_commit=False) as session:
            service = session.get_one(Service, service_id)
            _ = [service.organization, service.phones, service.locations, service.types]
            return service
