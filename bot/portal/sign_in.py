"""Signing in and out, accepting an invitation, the language of the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.responses import Response

from bot.portal import attempts, audit, telling
from bot.portal.accounts import LONGEST, LONGEST_EVER, NO_MAIL, SHORTEST, AlreadyThere
from bot.portal.guard import LANGUAGE, SESSION, end_cookie, set_cookie
from bot.portal.person import Person
from bot.portal.secrets import hash_of
from bot.portal.sessions import device_of, end_session, open_session
from bot.portal.site import ONCE, Refused, Visit

LONG_NAME = 4  # "ana" is in "mañana", and what is before the @ in a longer word gives little away
OWN_SIGNS = 5  # different ones, besides what everybody writes
# What the long passwords of published lists are made of: a few words, runs of keys, figures, years.
_COMMON = re.compile(
    r"password|passw|contrase[nñ]a|clave|secret[oa]?|admin(?:istrador[a]?|istrator)?|bienvenid[oa]s?"
    r"|welcome|comadre|iloveyou|te ?(?:amo|quiero)|hola|letmein|changeme|mujer(?:es)?"
    r"|qwerty(?:uiop)?|asdfg(?:hjkl)?|zxcvb(?:nm)?|qaz|wsx|edc|abc(?:defg?h?i?j?)?"
    r"|0?12(?:3456?7?8?9?0?)?|9?8?7?6?54321|(\d)\1+|(?:19|20)\d\d"
)
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def login(visit: Visit) -> Response:
    """Mail and password; then, where she has one, the code."""
    if visit.method == "GET":
        if visit.signed and visit.is_whole:
            return visit.go("/portal/")
        return visit.page("login.html", email="", wrong="")
    email = visit.form.get("email", "")
    mail, address = visit.site.accounts.mark(email), visit.site.secrets.mark("from", visit.address)
    password = visit.form.get("password", "")[: LONGEST_EVER + 1]  # one too many is not hers
    try:
        person = attempts.guarded(
            visit.engine, (mail, address), visit.now,
            lambda: visit.site.accounts.with_password(email, password),
        )  # fmt: skip
    except attempts.TooOften:
        _note_wrong(visit, "sign_in_closed", email)
        return visit.page("login.html", status=429, email=email, wrong="wrong_too_often")
    if person is None:
        _note_wrong(visit, "wrong_password", email)
        return visit.page("login.html", status=401, email=email, wrong="wrong_password")
    return enter(visit, person)


def _note_wrong(visit: Visit, action: str, email: str) -> None:
    """Looked up once she has her answer, which comes as fast for a mail that is nobody's."""

    def write() -> None:
        number = visit.site.accounts.number_of(email)
        # All that is tried with mails of nobody is one line.
        subject = f"account {number}" if number else ""
        audit.note_once(visit.engine, visit.now, None, action, subject, ONCE)

    visit.later(write)


def enter(visit: Visit, person: Person) -> Response:
    """A fresh session; an older one of this browser ends."""
    if visit.signed:
        end_session(visit.engine, visit.session, visit.signed.id)
    token = open_session(
        visit.engine, person.id, device_of(visit.agent), visit.now, is_whole=not person.has_totp
    )
    visit.signed = person
    visit.note("signed_in" if not person.has_totp else "password_right", f"account {person.id}")
    response = visit.go("/portal/code" if person.has_totp else "/portal/")
    set_cookie(visit.site, response, SESSION, token)
    return response


def code(visit: Visit) -> Response:
    """The six digits of her telephone."""
    if visit.is_whole:
        return visit.go("/portal/")
    if visit.method == "GET":
        return visit.page("code.html", wrong="")
    person = visit.person
    try:
        if not takes_code(visit, visit.form.get("code", "")):
            return visit.page("code.html", status=401, wrong="wrong_code")
    except attempts.TooOften:
        visit.note_failure("sign_in_closed", f"account {person.id}")
        return visit.page("code.html", status=429, wrong="wrong_too_often")
    return let_in(visit)


def let_in(visit: Visit, to: Callable[[str], str] = lambda _: "/portal/") -> Response:
    """A whole session in place of the half one; `to`: where she goes, by the session's hash."""
    number = visit.person.id
    end_session(visit.engine, visit.session, number)
    token = open_session(
        visit.engine, number, device_of(visit.agent), visit.now, is_whole=True
    )  # fmt: skip
    visit.note("signed_in", f"account {number}")
    response = visit.go(to(hash_of(token)))
    set_cookie(visit.site, response, SESSION, token)
    return response


def tried(visit: Visit, test: Callable[[], bool]) -> bool:
    """Whether a code is right. Those of the telephone and the kept ones are counted together: no
    second row of tries for whoever guesses. Raises attempts.TooOften."""
    mark = visit.site.secrets.mark("code", str(visit.person.id))
    return bool(attempts.guarded(visit.engine, (mark, mark), visit.now, test))


def takes_code(visit: Visit, code: str) -> bool:
    """Whether it is the one of her telephone now; raises attempts.TooOften."""
    number, accounts = visit.person.id, visit.site.accounts
    found = ""

    def test() -> bool:
        nonlocal found
        found = accounts.try_code(number, code, visit.now)
        return found == "right"

    right = tried(visit, test)
    if found == "used":
        telling.happened(visit, "code_used_again", visit.person)
    elif not right:
        visit.note_failure("wrong_code", f"account {number}")
    return right


def logout(visit: Visit) -> Response:
    """This session ends."""
    end_session(visit.engine, visit.session, visit.person.id)
    response = visit.go("/portal/login", "signed_out")
    end_cookie(visit.site, response)
    return response


def invitation(visit: Visit) -> Response:
    """The link of an invitation: she chooses her password and is in."""
    token = visit.parameters["token"]
    person = visit.site.accounts.invited(token, visit.now)
    if person is None:
        raise Refused(404, "invitation_over")
    if visit.method == "GET":
        return _invitation(visit, person)
    email = visit.form.get("email", "") if person.email == NO_MAIL else None
    if email is not None and not MAIL.fullmatch(email):
        return _invitation(visit, person, "mail_needed")
    password, is_first = visit.form.get("password", ""), telling.is_new(visit, person)
    if wrong := wrong_with(password, visit.form.get("again", ""), email or person.email):
        return _invitation(visit, person, wrong)
    try:
        accepted = visit.site.accounts.accept(token, password, visit.now, email)
    except AlreadyThere:
        return _invitation(visit, person, "mail_taken")
    if accepted is None:
        raise Refused(404, "invitation_over")
    telling.happened(visit, telling.FIRST if is_first else "password_set", accepted)
    return enter(visit, accepted)


def _invitation(visit: Visit, person: Person, wrong: str = "") -> Response:
    return visit.page(
        "invitation.html", status=422 if wrong else 200, invited=person, wrong=wrong,
        ask_email=person.email == NO_MAIL, email=visit.form.get("email", ""),
    )  # fmt: skip


def wrong_with(password: str, again: str, email: str) -> str:
    """Why a new password will not do; "" where it will. Length is what protects."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    name = email.split("@")[0].lower()
    if len(set(password)) < 5 or (len(name) >= LONG_NAME and name in password.lower()):
        return "password_easy"
    if len(set(_COMMON.sub("", password.lower()))) < OWN_SIGNS:
        return "password_easy"
    return "" if password == again else "password_differs"


def language(visit: Visit) -> Response:
    """Back to where she was, in the other language."""
    parts = urlsplit(visit.query.get("from", ""))
    inside = parts.path.startswith("/portal/") and "//" not in parts.path
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    response = visit.go(back if inside else "/portal/")
    set_cookie(
        visit.site, response, LANGUAGE, "en" if visit.parameters["code"] == "en" else "es"
    )  # fmt: skip
    return response
