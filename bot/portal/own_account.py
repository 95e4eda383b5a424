"""Her own account: password, second lock, open sessions."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.portal.accounts import LONGEST_EVER, new_totp, step_of
from bot.portal.attempts import TooOften, guarded
from bot.portal.guard import SESSION, end_cookie, set_cookie
from bot.portal.person import Person
from bot.portal.recovery import codes_left, is_proof, new_codes, proves_present_lock, renew
from bot.portal.secrets import hash_of
from bot.portal.sessions import device_of, end_all, end_session, open_session, sessions_of
from bot.portal.sign_in import takes_code, wrong_with
from bot.portal.site import Visit
from bot.portal.telling import CHANGES, FIRST, ON_HER_PAGE, TRIES, happened, lately

_STATUS = {"": 200, "wrong_too_often": 429}


def account(visit: Visit) -> Response:
    """What is open, and what can be changed."""
    return _account(visit)


def _account(visit: Visit, wrong: str = "") -> Response:
    return visit.page(
        "account.html", status=_STATUS.get(wrong, 422), wrong=wrong,
        sessions=sessions_of(visit.engine, visit.person.id, visit.now), current=visit.session,
        codes=codes_left(visit.engine, visit.person.id),
        events=lately(visit, ON_HER_PAGE, (*CHANGES, FIRST, *TRIES)),
    )  # fmt: skip


def password(visit: Visit) -> Response:
    """A new one, for whoever knows the old one; other sessions end."""
    person, new = visit.person, visit.form.get("password", "")
    if wrong := _not_hers(visit):
        return _account(visit, wrong)
    if wrong := wrong_with(new, visit.form.get("again", ""), person.email):
        return _account(visit, wrong)
    visit.site.accounts.change_password(person.id, new)
    happened(visit, "password_changed", person)
    return _alone(visit, "password_changed")


def _not_hers(visit: Visit) -> str:
    """Why the form's present password does not prove that it is she; "" where it does."""
    person, old = visit.person, visit.form.get("old", "")[: LONGEST_EVER + 1]
    mark = visit.site.secrets.mark("old password", str(person.id))
    try:
        known = guarded(
            visit.engine, (mark, mark), visit.now,
            lambda: visit.site.accounts.with_password(person.email, old),
        )  # fmt: skip
    except TooOften:
        return "wrong_too_often"
    if known is None:
        visit.note_failure("wrong_password", f"account {person.id}")
        return "wrong_old"
    return ""


def end_one(visit: Visit) -> Response:
    """One of her sessions ends."""
    end_session(visit.engine, visit.form.get("session", ""), visit.person.id)
    return visit.go("/portal/account", "session_ended")


def end_everywhere(visit: Visit) -> Response:
    """All of them, this one too."""
    end_all(visit.engine, visit.person.id)
    visit.note("signed_out_everywhere", f"account {visit.person.id}")
    response = visit.go("/portal/login", "signed_out")
    end_cookie(visit.site, response)
    return response


def totp(visit: Visit) -> Response:
    """Setting up the second lock: a picture for the telephone, her password and the first code as
    proof. Whoever holds her open telephone must not lock her out with a lock of their own. In
    place of a lock that is there it needs a code of that one, or a recovery code."""
    person = visit.person
    if person.has_totp and not visit.is_whole:  # her password alone: the present lock comes first
        return visit.go("/portal/code")
    if visit.method == "GET":
        return _picture(visit, new_totp(), "")
    # The secret came from our own page; it is sealed there, so that nobody can bring another.
    secret = visit.site.secrets.read_signed(visit.form.get("sealed", ""))
    if not isinstance(secret, list) or len(secret) != 2 or secret[0] != person.id:
        return _picture(visit, new_totp(), "wrong_code")
    step = step_of(secret[1], visit.form.get("code", ""), visit.now)
    if step is None:
        return _picture(visit, secret[1], "wrong_code")
    if wrong := _not_hers(visit) or _not_her_lock(visit):
        return _picture(visit, secret[1], wrong)
    visit.site.accounts.keep_totp(person.id, secret[1], step)
    codes = new_codes(visit.engine, visit.site.secrets, person.id)
    happened(visit, "totp_changed" if person.has_totp else "totp_on", person)
    token = _only_session(visit)
    # Drawn for the session that begins with this answer: its forms carry that one's token.
    begun = replace(visit, cookie=token, session=hash_of(token), signed=_with_lock(person))
    response = begun.page("recovery_codes.html", codes=codes, to="/portal/", had=person.has_totp,
                          is_set=True)  # fmt: skip
    set_cookie(visit.site, response, SESSION, token)
    return response


def _with_lock(person: Person) -> Person:
    return replace(person, has_totp=True)


def _not_her_lock(visit: Visit) -> str:
    """Why nothing proves that the present lock is hers; "" where it does, or there is none."""
    try:
        proven = not visit.person.has_totp or proves_present_lock(visit)
    except TooOften:
        return "wrong_too_often"
    return "" if proven else "wrong_present"


def _picture(visit: Visit, secret: str, wrong: str) -> Response:
    person = visit.person
    address = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name="Comadre")
    # Ours alone draws it: segno escapes nothing because there is nothing but dots.
    dots = Markup(segno.make(address).svg_inline(scale=5, border=4, light="#fff"))  # noqa: S704
    proof = visit.form.get("proof", "") or visit.query.get("proof", "")
    proof = proof if is_proof(visit, proof) else ""
    return visit.page(
        "totp.html", status=_STATUS.get(wrong, 422), wrong=wrong, dots=dots,
        spelled=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        sealed=visit.site.secrets.sign([person.id, secret]), address=address,
        must=person.must_set_up_totp, proof=proof, ask_present=person.has_totp and not proof,
    )  # fmt: skip


def totp_off(visit: Visit) -> Response:
    """Only with a code; administrators cannot."""
    person = visit.person
    try:
        if person.role == "administrator" or not takes_code(visit, visit.form.get("code", "")):
            return _account(visit, "wrong_code")
    except TooOften:
        return _account(visit, "wrong_too_often")
    visit.site.accounts.keep_totp(person.id, None)
    happened(visit, "totp_off", person)
    return visit.go("/portal/account", "totp_off")


def recovery_codes(visit: Visit) -> Response:
    """New ones in place of those of before, for whoever has the telephone at hand."""
    if not visit.person.has_totp:
        return visit.go("/portal/account")
    try:
        if not takes_code(visit, visit.form.get("present", "")):
            return _account(visit, "wrong_code")
    except TooOften:
        return _account(visit, "wrong_too_often")
    return renew(visit)


def _only_session(visit: Visit) -> str:
    """The token of a new session in place of all."""
    end_all(visit.engine, visit.person.id)
    return open_session(
        visit.engine, visit.person.id, device_of(visit.agent), visit.now, is_whole=True
    )


def _alone(visit: Visit, done: str) -> Response:
    """A new session in place of all."""
    response = visit.go("/portal/account", done)
    set_cookie(visit.site, response, SESSION, _only_session(visit))
    return response
