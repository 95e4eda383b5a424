"""Signing in, asked page by page and without a browser: what each answer is, what is written down
of it, which session is open afterwards, and which password will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session as Database
from starlette.responses import Response

from bot.conversation.world import World
from bot.database import transaction
from bot.portal import sign_in
from bot.portal.accounts import LONGEST, LONGEST_EVER, NO_MAIL, Newcomer
from bot.portal.attempts import MOST_BY_ADDRESS
from bot.portal.models import Attempt, Audit, Session
from bot.portal.person import Person
from bot.portal.secrets import Secrets, hash_of
from bot.portal.sessions import find_session, open_session
from bot.portal.sign_in import wrong_with
from bot.portal.site import Refused, Site, Visit
from tests.portal.desk import NOW, PASSWORD, Clock

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ANA, BERTA = "ana@red.example", "berta@red.example"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile) Firefox/130.0"


@dataclass
class Way:
    """The pages of signing in, and what they write."""

    site: Site
    mails: list[tuple[str, str]] = field(default_factory=list)

    def invite(self, email: str = ANA, role: str = "editor") -> str:
        return self.site.accounts.invite(Newcomer(email.split("@")[0].title(), email, role), NOW)

    def somebody(self, email: str = ANA, *, totp: bool = False) -> Person:
        accounts = self.site.accounts
        person = accounts.accept(self.invite(email), PASSWORD, NOW)
        assert person
        if totp:
            accounts.keep_totp(person.id, TOTP)
            found = accounts.with_password(email, PASSWORD)
            assert found
            return found
        return person

    def visit(self, method: str = "POST", **more: Any) -> Visit:
        given = {"signed": None, "address": "192.0.2.1", "agent": FIREFOX} | more
        return Visit(self.site, "/portal/login", method, "es", "c" * 24, **given)

    def signed(self, person: Person, method: str = "POST", *, is_whole: bool = True,
               **more: Any) -> Visit:  # fmt: skip
        token = open_session(self.site.engine, person.id, "?", NOW, is_whole=is_whole)
        return self.visit(method, signed=person, is_whole=is_whole, session=hash_of(token), **more)

    def noted(self) -> list[tuple[str, str]]:
        with Database(self.site.engine) as session:
            return [(each.action, each.subject)
                    for each in session.scalars(select(Audit).order_by(Audit.id))]  # fmt: skip

    def sessions(self) -> list[tuple[int, bool, str]]:
        with Database(self.site.engine) as session:
            return [(each.account_id, each.is_whole, each.device)
                    for each in session.scalars(select(Session))]  # fmt: skip

    def opens(self, response: Response) -> Any:
        """Whose session the cookie of that answer is."""
        name, _, rest = response.headers["set-cookie"].partition("=")
        assert name == "comadre_session"
        return find_session(self.site.accounts, rest.partition(";")[0], NOW)


@pytest.fixture
def way(sqlite_engine: Engine) -> Way:
    found = Way(Site(sqlite_engine, Secrets(b"s" * 32), World(sqlite_engine), Clock(), "http://x"))
    found.site.post = lambda mail, action: found.mails.append((mail, action))
    return found


def where(response: Response) -> str:
    assert response.status_code == 303
    return response.headers["location"]


def words(response: Response) -> str:
    return bytes(response.body).decode()


def done(visit: Visit) -> None:
    """What waits for the answer to have left."""
    for each in visit.after:
        each()


# Mail and password


def test_the_page_is_shown_to_whoever_is_not_wholly_in(way: Way) -> None:
    ana = way.somebody()

    empty = sign_in.login(way.visit("GET"))
    assert empty.status_code == 200
    assert 'role="alert"' not in words(empty)
    assert 'value=""' in words(empty)
    assert sign_in.login(way.signed(ana, "GET", is_whole=False)).status_code == 200
    assert where(sign_in.login(way.signed(ana, "GET"))) == "/portal/"


def test_with_mail_and_password_she_is_in(way: Way) -> None:
    ana = way.somebody()

    answer = sign_in.login(way.visit(form={"email": ANA, "password": PASSWORD}))

    assert where(answer) == "/portal/"
    found = way.opens(answer)
    assert (found.person.id, found.is_whole) == (ana.id, True)
    assert way.sessions() == [(ana.id, True, "Firefox, Android")]
    assert way.noted() == [("signed_in", f"account {ana.id}")]


def test_with_a_second_lock_she_is_half_in_and_asked_for_the_code(way: Way) -> None:
    ana = way.somebody(totp=True)

    answer = sign_in.login(way.visit(form={"email": ANA, "password": PASSWORD}))

    assert where(answer) == "/portal/code"
    assert way.opens(answer).is_whole is False
    assert way.noted() == [("password_right", f"account {ana.id}")]


def test_a_session_that_this_browser_had_ends_as_another_begins(way: Way) -> None:
    berta, ana = way.somebody(BERTA), way.somebody()
    visit = way.signed(berta, form={"email": ANA, "password": PASSWORD})
    open_session(way.site.engine, berta.id, "other", NOW, is_whole=True)

    sign_in.login(visit)

    assert sorted(way.sessions()) == [(berta.id, True, "other"), (ana.id, True, "Firefox, Android")]
    assert visit.signed == ana


@pytest.mark.parametrize("email", [ANA, "nobody@red.example"])
def test_what_is_wrong_is_told_alike_and_looked_up_only_once_she_has_her_answer(
    way: Way, email: str
) -> None:
    ana, asked = way.somebody(), list[str]()
    visits = [way.visit(form={"email": email, "password": "not this one"}) for _ in range(7)]
    event.listen(way.site.engine, "before_cursor_execute", lambda *g: asked.append(g[2]))

    answers = [sign_in.login(each) for each in visits]

    assert not [each for each in asked if "portal_audit" in each]
    assert [each.status_code for each in answers] == [401] * 6 + [429]
    for answer in answers:
        assert f'value="{email}"' in words(answer)
        assert "set-cookie" not in answer.headers
    assert "no son correctos" in words(answers[0])
    assert "quince minutos" in words(answers[6])
    assert sign_in.login(way.visit(form={"email": BERTA, "password": "x"})).status_code == 401
    for each in visits:
        done(each)
    subject = f"account {ana.id}" if email == ANA else ""
    assert way.noted() == [("wrong_password", subject), ("sign_in_closed", subject)]
    assert way.sessions() == []


def test_an_empty_form_is_of_nobody(way: Way) -> None:
    way.somebody()

    answer = sign_in.login(way.visit())

    assert answer.status_code == 401
    assert 'value=""' in words(answer)


def test_the_tries_of_one_address_are_counted_together(way: Way) -> None:
    way.somebody()
    sign_in.login(way.visit(form={"email": BERTA, "password": "x"}))
    with transaction(way.site.engine) as session:
        for row in session.scalars(select(Attempt)):
            row.failures = MOST_BY_ADDRESS
    right = {"email": ANA, "password": PASSWORD}

    assert sign_in.login(way.visit(form=right)).status_code == 429
    assert sign_in.login(way.visit(form=right, address="192.0.2.2")).status_code == 303


def test_a_password_of_before_may_be_as_long_as_it_was_and_not_longer(way: Way) -> None:
    longest = "".join(chr(97 + number % 26) for number in range(LONGEST_EVER))
    ana = way.somebody()
    way.site.accounts.change_password(ana.id, longest)

    for password, status in ((longest, 303), (longest + "x", 401), (longest[:-1], 401)):
        answer = sign_in.login(way.visit(form={"email": ANA, "password": password}))
        assert answer.status_code == status, len(password)


# The code of her telephone


def now_code() -> str:
    return pyotp.TOTP(TOTP).at(NOW)


def test_the_right_code_makes_the_session_whole(way: Way) -> None:
    ana = way.somebody(totp=True)
    visit = way.signed(ana, is_whole=False, form={"code": now_code()})

    answer = sign_in.code(visit)

    assert where(answer) == "/portal/"
    assert way.opens(answer).is_whole is True
    assert way.sessions() == [(ana.id, True, "Firefox, Android")]
    assert way.noted() == [("signed_in", f"account {ana.id}")]


def test_who_is_wholly_in_is_asked_for_no_code_and_who_is_not_sees_the_page(way: Way) -> None:
    ana = way.somebody(totp=True)

    assert where(sign_in.code(way.signed(ana, "GET"))) == "/portal/"
    page = sign_in.code(way.signed(ana, "GET", is_whole=False))
    assert page.status_code == 200
    assert "Un paso más" in words(page)
    assert 'role="alert"' not in words(page)


def test_a_wrong_code_is_told_counted_and_written_down(way: Way) -> None:
    ana = way.somebody(totp=True)
    visits = [way.signed(ana, is_whole=False, form={"code": "000000"}) for _ in range(6)]
    visits.append(way.signed(ana, is_whole=False, form={"code": now_code()}))

    answers = [sign_in.code(each) for each in visits]

    assert [each.status_code for each in answers] == [401] * 6 + [429]
    assert "no es el de ahora" in words(answers[0])
    assert "quince minutos" in words(answers[6])
    assert way.noted() == []
    for each in visits:
        done(each)
    who = f"account {ana.id}"
    assert way.noted() == [("wrong_code", who), ("sign_in_closed", who)]
    assert all(not whole for _, whole, _ in way.sessions())
    assert sign_in.code(way.signed(ana, is_whole=False)).status_code == 429, "without any code"


def test_another_womans_wrong_codes_close_no_door_of_hers(way: Way) -> None:
    ana, berta = way.somebody(totp=True), way.somebody(BERTA, totp=True)
    for _ in range(7):
        sign_in.code(way.signed(berta, is_whole=False, form={"code": "000000"}))

    answer = sign_in.code(way.signed(ana, is_whole=False, form={"code": now_code()}))

    assert where(answer) == "/portal/"


def test_of_a_code_that_somebody_saw_she_is_told(way: Way) -> None:
    ana = way.somebody(totp=True)
    form = {"code": now_code()}
    sign_in.code(way.signed(ana, is_whole=False, form=form))

    visit = way.signed(ana, is_whole=False, form=form)
    answer = sign_in.code(visit)
    done(visit)

    assert answer.status_code == 401
    assert way.noted()[1:] == [("code_used_again", f"account {ana.id}")]
    assert way.mails == [(ANA, "code_used_again")]


# Out again, and the language


def test_leaving_ends_this_session_here_and_in_the_browser(way: Way) -> None:
    ana = way.somebody()
    visit = way.signed(ana)
    open_session(way.site.engine, ana.id, "other", NOW, is_whole=True)

    answer = sign_in.logout(visit)

    assert where(answer) == "/portal/login?done=signed_out"
    assert way.sessions() == [(ana.id, True, "other")]
    assert answer.headers["set-cookie"].startswith('comadre_session="";')


@pytest.mark.parametrize(("back", "to"), [
    ("/portal/services?page=2", "/portal/services?page=2"),
    ("/portal/services", "/portal/services"),
    ("", "/portal/"), ("/", "/portal/"), ("/portals/x", "/portal/"), ("/api", "/portal/"),
    ("https://evil.example/portal/x?y", "/portal/x?y"), ("//evil.example/x", "/portal/"),
    ("/portal//evil.example", "/portal/"), ("javascript:alert(1)", "/portal/"),
])  # fmt: skip
def test_another_language_leads_back_and_never_out(way: Way, back: str, to: str) -> None:
    visit = way.visit("GET", query={"from": back}, parameters={"code": "en"})

    answer = sign_in.language(visit)

    assert where(answer) == to
    assert answer.headers["set-cookie"].startswith("comadre_language=en;")


def test_there_are_two_languages(way: Way) -> None:
    for code in ("es", "fr"):
        answer = sign_in.language(way.visit("GET", parameters={"code": code}))
        assert where(answer) == "/portal/"
        assert answer.headers["set-cookie"].startswith("comadre_language=es;")


# Invitations


def accepting(way: Way, token: str, method: str = "POST", **form: str) -> Response:
    visit = way.visit(method, parameters={"token": token}, form=form)
    answer = sign_in.invitation(visit)
    done(visit)
    return answer


def test_who_accepts_is_in_and_the_link_is_used(way: Way) -> None:
    token = way.invite()
    page = accepting(way, token, "GET")
    assert page.status_code == 200
    assert ANA in words(page)
    assert 'role="alert"' not in words(page)
    assert 'name="email"' not in words(page)

    answer = accepting(way, token, password=PASSWORD, again=PASSWORD)

    assert where(answer) == "/portal/"
    found = way.opens(answer)
    who = f"account {found.person.id}"
    assert found.person.email == ANA
    assert way.noted() == [("account_begun", who), ("signed_in", who)]
    for method in ("GET", "POST"):
        with pytest.raises(Refused) as refused:
            accepting(way, token, method, password=PASSWORD, again=PASSWORD)
        assert (refused.value.status, refused.value.key) == (404, "invitation_over")


def test_a_later_link_is_another_news_than_the_first(way: Way) -> None:
    ana = way.somebody()
    token = way.site.accounts.new_link(ana.id, NOW)
    with transaction(way.site.engine) as session:
        session.add(Audit(at=NOW, account_id=None, role="server", action="account_link",
                          subject=f"account {ana.id}"))  # fmt: skip

    accepting(way, token, password=PASSWORD, again=PASSWORD)

    assert way.mails == [(ANA, "password_set")]


@pytest.mark.parametrize(("password", "again", "why"), [
    ("corta", "corta", "doce letras o más"), ("", "", "doce letras o más"),
    (PASSWORD, "", "no son iguales"), ("ana-2026-pila", "ana-2026-pila", ""),
    (f"ana {PASSWORD}", f"ana {PASSWORD}", ""),
])  # fmt: skip
def test_a_password_that_will_not_do_is_asked_for_again(
    way: Way, password: str, again: str, why: str
) -> None:
    answer = accepting(way, way.invite(), password=password, again=again)

    if why:
        assert answer.status_code == 422
        assert why in words(answer)
        assert way.sessions() == []
    else:
        assert where(answer) == "/portal/"


def test_the_first_administrator_writes_her_own_mail(way: Way) -> None:
    way.somebody()
    token = way.invite(NO_MAIL, "administrator")
    both = {"password": PASSWORD, "again": PASSWORD}
    page = words(accepting(way, token, "GET"))
    assert 'name="email"' in page
    assert NO_MAIL not in page

    needed = "Escribe tu correo"
    for email, why in (
        ("", needed), ("clara", needed), ("clara@red", needed), (ANA, "ya tiene una cuenta"),
    ):  # fmt: skip
        answer = accepting(way, token, email=email, **both)
        assert answer.status_code == 422, email
        assert why in words(answer)
        assert f'value="{email}"' in words(answer)
    mine = {"email": "clarisa@red.example", "password": "clarisa y sus dos perros"}
    assert "fácil de adivinar" in words(accepting(way, token, **mine, again=mine["password"]))
    answer = accepting(way, token, email="clarisa@red.example", **both)
    assert way.opens(answer).person.email == "clarisa@red.example"


def test_whoever_has_a_mail_cannot_take_another_by_her_link(way: Way) -> None:
    token = way.invite()

    answer = accepting(way, token, email=BERTA, password=PASSWORD, again=PASSWORD)

    assert way.opens(answer).person.email == ANA


def test_a_link_that_ends_while_she_types_opens_nothing(way: Way) -> None:
    token, accounts = way.invite(), way.site.accounts
    person = accounts.invited(token, NOW)
    accounts.invited = lambda *_: person  # type: ignore[method-assign]
    way.site.clock.pass_by(days=8)  # type: ignore[attr-defined]

    with pytest.raises(Refused) as refused:
        accepting(way, token, password=PASSWORD, again=PASSWORD)

    assert (refused.value.status, refused.value.key) == (404, "invitation_over")


# Passwords


@pytest.mark.parametrize(("password", "wrong"), [
    ("pila grapa8", "password_short"), ("pila grapa 8", ""),
    ("perro azul ".ljust(LONGEST, "x"), ""),
    ("perro azul ".ljust(LONGEST + 1, "x"), "password_long"),
    ("vwyzkvwyzkvwyz", ""), ("abcaabbccddd", "password_easy"), ("abababababcd", "password_easy"),
    ("contraseña 2026 x", "password_easy"),  # besides what everybody writes only two signs
    ("contraseña wxy", "password_easy"),  # four
    ("contraseña wxyz", ""),  # five
    ("CONTRASEÑA wxy", "password_easy"),
    ("anabela sol mar", "password_easy"), ("ANABELA SOL MAR", "password_easy"),
    ("anabe sol mar y", ""),
])  # fmt: skip
def test_a_password_is_long_not_everybodys_and_not_her_name(password: str, wrong: str) -> None:
    assert wrong_with(password, password, "anabela@red.example") == wrong


def test_a_name_of_four_letters_counts_and_one_of_three_does_not() -> None:
    assert wrong_with("luna y dos perros", "luna y dos perros", "Luna@red.example")
    assert not wrong_with("sol y dos perros", "sol y dos perros", "sol@red.example")
    assert wrong_with("sol y dos perros", "sol y dos perros ", "sol@red.example") == (
        "password_differs"
    )
