"""The one way in, with pages of one line behind it: who is let through, what she is told, which
cookie she gets, and what is read of what she sent."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from markupsafe import Markup
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session as Database
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.analytics.pages import Leaf
from bot.conversation.world import World
from bot.portal import guard
from bot.portal.accounts import Newcomer
from bot.portal.guard import (
    EVERYBODY,
    MOST_FILE,
    MOST_FORM,
    ROLES,
    Access,
    SecurityHeaders,
    doorkeeper,
    end_cookie,
    framed,
    guarded,
)
from bot.portal.models import Audit
from bot.portal.secrets import Secrets, hash_of
from bot.portal.sessions import open_session
from bot.portal.site import HEADERS, Refused, Site, Visit
from tests.portal.desk import NOW, PASSWORD, TOTP, Clock

VISITOR = "v" * 24
FORM = {"content-type": "application/x-www-form-urlencoded"}


def told(visit: Visit) -> Response:
    """What the page knows of who came."""
    later = visit.parameters.get("later")
    if later:
        visit.later(lambda: log_of(visit).append(later))
    return JSONResponse({
        "who": visit.signed.name if visit.signed else None, "whole": visit.is_whole,
        "cookie": visit.cookie, "session": visit.session, "language": visit.language,
        "address": visit.address, "agent": visit.agent, "path": visit.path,
        "method": visit.method, "parameters": visit.parameters, "query": visit.query,
        "form": visit.form, "many": visit.many,
        "files": {name: [each.name, each.data.decode()] for name, each in visit.files.items()},
    })  # fmt: skip


def log_of(visit: Visit) -> list[str]:
    found: list[str] = visit.site.shown_settings  # type: ignore[assignment]
    return found


def broken_later(visit: Visit) -> Response:
    def act() -> None:
        raise ValueError(f"of {visit.person.email}")

    visit.later(act)
    return PlainTextResponse("done")


def refusing(visit: Visit) -> Response:
    status, _, key = visit.parameters["what"].partition("-")
    raise Refused(int(status), key or "refused")


PAGES = [
    ("/all", told, Access(EVERYBODY)),
    ("/all/{later}", told, Access(EVERYBODY)),
    ("/editors", told, Access(("editor",))),
    ("/editors/logout", told, Access(("editor",))),
    ("/first", told, Access(ROLES, before_totp=True)),
    ("/read", told, Access(ROLES, ("GET",))),
    ("/file", told, Access(EVERYBODY, with_file=True)),
    ("/refused/{what}", refusing, Access(EVERYBODY)),
    ("/broken", broken_later, Access(ROLES)),
]


@dataclass
class Door:
    """The portal's door with these pages; every request states its own cookies."""

    site: Site
    client: TestClient

    def token(self, name: str = "Ana", role: str = "editor", *, is_whole: bool = True,
              totp: bool = False) -> str:  # fmt: skip
        accounts = self.site.accounts
        person = accounts.accept(accounts.invite(
            Newcomer(name, f"{name.lower()}@red.example", role), NOW), PASSWORD, NOW)  # fmt: skip
        assert person
        if totp:
            accounts.keep_totp(person.id, TOTP)
        return open_session(accounts.engine, person.id, "?", NOW, is_whole=is_whole)

    def ask(self, path: str, method: str = "GET", **given: Any) -> Any:
        cookies = {"comadre_visitor": VISITOR} | given.pop("cookies", {})
        headers = {"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
        return self.client.request(
            method, path, headers=headers | given.pop("headers", {}), follow_redirects=False,
            **given,
        )  # fmt: skip

    def as_(self, token: str, path: str, method: str = "GET", **given: Any) -> Any:
        return self.ask(path, method, cookies={"comadre_session": token}, **given)

    def post(self, path: str, cookie: str = VISITOR, **given: Any) -> Any:
        form = {"csrf": self.site.secrets.form_token(cookie)} | given.pop("data", {})
        return self.ask(path, "POST", data=form, **given)

    def noted(self) -> list[tuple[str, str, str]]:
        with Database(self.site.engine) as session:
            return [(each.role, each.action, each.subject)
                    for each in session.scalars(select(Audit).order_by(Audit.id))]  # fmt: skip


@pytest.fixture
def site(sqlite_engine: Engine) -> Site:
    """Plain HTTP, nothing in the directory."""
    return Site(sqlite_engine, Secrets(b"s" * 32), World(sqlite_engine), Clock(),
                "http://testserver", shown_settings=[])  # fmt: skip


@pytest.fixture
def door(site: Site, loop: BlockingPortal) -> Door:
    return Door(site, client_of(site, loop))


def client_of(site: Site, loop: BlockingPortal) -> TestClient:
    app = Starlette(
        routes=[guarded(site, path, page, access) for path, page, access in PAGES],
        middleware=[Middleware(SecurityHeaders)],
    )
    client = TestClient(app)
    client.portal = loop
    return client


# Who is let through


def test_who_is_not_signed_in_is_led_to_the_door_and_told_only_what_she_lost(door: Door) -> None:
    for path, method, to in (
        ("/editors", "GET", "/portal/login"),
        ("/editors", "POST", "/portal/login?done=ended"),
        ("/editors/logout", "POST", "/portal/login"),  # who only wanted to leave lost nothing
    ):
        answer = door.ask(path, method)
        assert (answer.status_code, answer.headers["location"]) == (303, to), (path, method)
    assert door.ask("/all").json()["who"] is None
    assert door.noted() == []


def test_before_all_locks_are_open_she_is_led_to_the_next_one(door: Door) -> None:
    half, clara = door.token(is_whole=False), door.token("Clara", "administrator")
    locked = door.token("Diana", "administrator", totp=True)

    for token, to in ((half, "/portal/code"), (clara, "/portal/totp")):
        answer = door.as_(token, "/read")
        assert (answer.status_code, answer.headers["location"]) == (303, to)
        assert door.as_(token, "/first").status_code == 200
    assert door.as_(half, "/first").json()["whole"] is False
    assert door.as_(locked, "/read").json()["who"] == "Diana"


def test_another_role_is_refused_and_that_is_written_down_once(door: Door) -> None:
    analyst = door.token("Ana", "analyst")

    for _ in range(2):
        answer = door.as_(analyst, "/editors")
        assert answer.status_code == 403
        assert "Aquí no se puede pasar" in answer.text
        assert "tu cuenta no lo incluye" in answer.text

    assert door.noted() == [("analyst", "refused_access", "/editors")]


def test_what_cannot_be_done_is_told_otherwise_than_what_is_not_hers(door: Door) -> None:
    for what, is_hers in (("403", False), ("404-link_over", False), ("403-forged", True),
                          ("404-version_gone", True), ("409-hidden_stays", True)):  # fmt: skip
        answer = door.ask(f"/refused/{what}")
        assert answer.status_code == int(what[:3])
        assert ("Esto no se hizo" in answer.text) == is_hers, what
    assert door.noted() == [], "of strangers nothing is written down"


def test_of_somebody_of_the_network_the_page_is_written_down_never_its_address(door: Door) -> None:
    ana = door.token()

    for what in ("404-link_over", "409-hidden_stays", "404-version_gone", "403-forged"):
        door.as_(ana, f"/refused/{what}")

    assert door.noted() == [("editor", "refused_access", "/refused/{what}")]
    door.as_(ana, "/refused/403")
    door.site.clock.pass_by(minutes=16)  # type: ignore[attr-defined]
    door.as_(ana, "/refused/409-hidden_stays")
    assert len(door.noted()) == 1
    door.as_(ana, "/refused/403")
    assert len(door.noted()) == 2


def test_a_form_is_taken_from_whom_it_was_given_to_and_from_nobody_else(door: Door) -> None:
    ana = door.token()
    good = door.site.secrets.form_token(ana)

    assert door.as_(ana, "/editors", "POST", data={"csrf": good}).status_code == 200
    assert door.post("/all").status_code == 200
    for token in ("", door.site.secrets.form_token(VISITOR), "x" + good):
        answer = door.as_(ana, "/editors", "POST", data={"csrf": token})
        assert answer.status_code == 403
        assert "ya no era válido" in answer.text
    assert door.as_(ana, "/editors", "POST", data={}).status_code == 403
    assert door.noted() == [("editor", "refused_access", "/editors")]


def test_only_the_ways_of_asking_that_a_page_names_are_answered(door: Door) -> None:
    ana = door.token()

    assert door.as_(ana, "/read", "POST").status_code == 405
    assert door.as_(ana, "/read").status_code == 200


# The figures' door


def outer(door: Door, *roles: str) -> TestClient:
    refusal = doorkeeper(door.site, Access(roles, ("GET",)))

    async def page(request: Request) -> Response:
        refused = await refusal(request)
        if refused is not None:
            return refused
        leaf = Leaf("Figures", Markup("<p>of all</p>"), "en", "/x.css", "/portal/figures?a=b")
        return framed(request, leaf)

    client = TestClient(Starlette(routes=[Route("/portal/figures", page)]))
    client.portal = door.client.portal
    return client


def test_pages_of_others_stand_behind_the_same_door(door: Door) -> None:
    inside = Door(door.site, outer(door, "analyst"))
    analyst, editor = door.token("Ana", "analyst"), door.token("Berta")
    half = door.token("Clara", "analyst", is_whole=False)
    path = "/portal/figures"

    for asked, to in ((inside.ask(path), "/portal/login"),
                      (inside.as_(half, path), "/portal/code")):  # fmt: skip
        assert (asked.status_code, asked.headers["location"]) == (303, to)
    assert inside.as_(editor, path).status_code == 403
    assert door.noted() == [("editor", "refused_access", "/figures")]
    shown = inside.as_(analyst, path)
    assert shown.status_code == 200
    assert "<p>of all</p>" in shown.text
    assert '<html lang="en">' in shown.text
    assert "from=/portal/figures%3Fa%3Db" in shown.text


# Once the answer has left


def test_what_waits_for_her_answer_is_done_and_its_faults_name_nobody(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.ask("/all/one")
    assert door.site.shown_settings == ["one"]

    with caplog.at_level(logging.ERROR):
        assert door.as_(door.token(), "/broken").text == "done"

    assert "ValueError" in caplog.text
    assert "red.example" not in caplog.text


# What is read of a request


def test_a_page_knows_who_came_from_where_and_with_what(door: Door) -> None:
    ana = door.token()

    found = door.as_(ana, "/all/a%00b?q=%00zumba&q=2", headers={"user-agent": "Firefox"}).json()

    assert (found["who"], found["whole"], found["cookie"]) == ("Ana", True, ana)
    assert found["session"] == hash_of(ana)
    assert (found["address"], found["agent"]) == ("testclient", "Firefox")
    assert (found["path"], found["method"]) == ("/all/a\0b", "GET")
    assert (found["parameters"], found["query"]) == ({"later": "ab"}, {"q": "2"})
    stranger = door.ask("/all?q=%00zumba", headers={"user-agent": ""}).json()
    assert (stranger["session"], stranger["agent"], stranger["whole"]) == ("", "", True)
    assert stranger["query"] == {"q": "zumba"}


def test_a_browser_that_came_before_keeps_its_cookie_and_a_new_one_is_given_one(
    door: Door,
) -> None:
    again = door.ask("/all")
    assert again.json()["cookie"] == VISITOR
    assert "set-cookie" not in again.headers
    for odd in ("", "short", "x" * 101, "." * 30):
        new = door.ask("/all", cookies={"comadre_visitor": odd})
        given = new.json()["cookie"]
        assert len(given) == 32
        assert new.headers["set-cookie"].startswith(f"comadre_visitor={given}; ")
    signed = door.as_(door.token(), "/all")
    assert "set-cookie" not in signed.headers
    for token in ("", "x" * 101, "y" * 43):  # odd, or of nobody
        assert door.as_(token, "/all").json()["cookie"] == VISITOR


def test_what_is_no_token_is_not_even_looked_up(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(guard, "find_session", lambda *given: asked.append(given[1]))

    for token in ("short", "x" * 101, "y" * 43):
        door.as_(token, "/all")

    assert asked == ["y" * 43]


def test_she_reads_the_language_that_she_chose(door: Door) -> None:
    for chosen, language in (("en", "en"), ("es", "es"), ("fr", "es")):
        assert door.ask("/all", cookies={"comadre_language": chosen}).json()["language"] == language


# Forms


def test_fields_and_files_are_read_as_they_were_meant(door: Door) -> None:
    found = door.post("/file", data={"a": [" uno\r\ndos\0 ", "tres"], "b": "x"},
                      files={"sheet": ("l.csv", b"a;b")}).json()  # fmt: skip

    assert found["many"]["a"] == ["uno\ndos", "tres"]
    assert (found["form"]["a"], found["form"]["b"]) == ("tres", "x")
    assert found["files"] == {"sheet": ["l.csv", "a;b"]}
    assert "sheet" not in found["form"]


def test_a_browser_in_which_no_file_was_chosen_sends_one_without_a_name(door: Door) -> None:
    part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    token = door.site.secrets.form_token(VISITOR)
    body = part.format("csrf", "", token) + part.format("sheet", '; filename=""', "") + "--b--\r\n"

    found = door.ask("/file", "POST", content=body.encode(),
                     headers={"content-type": "multipart/form-data; boundary=b"})  # fmt: skip

    assert found.json()["files"] == {"sheet": ["", ""]}


def test_a_form_is_no_larger_than_any_of_ours(door: Door) -> None:
    def sent(path: str, length: str) -> int:
        answer = door.ask(path, "POST", content=b"csrf=", headers={"content-length": length} | FORM)
        return int(answer.status_code)

    assert sent("/all", str(MOST_FORM)) == 403, "as large as it may be, and forged"
    assert sent("/all", str(MOST_FORM + 1)) == 413
    assert sent("/file", str(MOST_FILE)) == 403
    assert sent("/file", str(MOST_FILE + 1)) == 413
    for odd in ("", "-1", "1e3"):
        assert sent("/all", odd) == 413, odd
    answer = door.ask("/all", "POST", content=iter([b"csrf="]), headers=FORM)
    assert answer.status_code == 413, "of unknown length"
    assert "demasiado grande" in answer.text


def test_more_files_or_fields_than_any_form_has_are_refused(door: Door) -> None:
    one = {"csrf": door.site.secrets.form_token(VISITOR)}
    two = [("files", ("a.csv", b"a")), ("files", ("b.csv", b"b"))]
    answer = door.ask("/file", "POST", data=one, files=two)
    assert answer.status_code == 400
    assert "demasiado grande" in answer.text

    many = one | {f"f{number}": "" for number in range(999)}
    empty = {"sheet": ("a.csv", b"a")}
    assert door.ask("/file", "POST", data=many, files=empty).status_code == 200
    many["one more"] = ""
    assert door.ask("/file", "POST", data=many, files=empty).status_code == 400


# Cookies and headers


def cookie_parts(header: str) -> set[str]:
    return {part.strip().lower() for part in header.split(";")[1:]}


@pytest.mark.parametrize(("url", "name", "path", "more"), [
    ("http://testserver", "comadre_visitor", "path=/portal", set()),
    ("https://testserver", "__Host-comadre_visitor", "path=/", {"secure"}),
])  # fmt: skip
def test_a_cookie_is_for_this_host_alone_and_never_for_scripts(
    site: Site, loop: BlockingPortal, url: str, name: str, path: str, more: set[str]
) -> None:
    site.public_url = url
    given = Door(site, client_of(site, loop)).ask("/all", cookies={"comadre_visitor": ""})

    header = given.headers["set-cookie"]
    assert header.startswith(f"{name}=")
    expected = {"httponly", "samesite=lax", path, "max-age=1209600"} | more
    assert cookie_parts(header) == expected
    ended = Response()
    end_cookie(site, ended)
    header = ended.headers["set-cookie"]
    assert header.startswith(f'{name.replace("visitor", "session")}="";')
    assert cookie_parts(header) >= {"httponly", "samesite=lax", path, "max-age=0"} | more


def test_everything_that_leaves_has_its_headers_once(door: Door) -> None:
    answer = door.ask("/all")
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    refused = door.ask("/refused/403")  # a page of ours brings its own
    assert refused.headers.get_list("Content-Security-Policy") == [
        HEADERS["Content-Security-Policy"]
    ]
