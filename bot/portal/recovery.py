"""The telephone is lost: codes that were written down beforehand, each good once.

They are made when the second lock is set up and shown on that one page. Kept are their hashes,
slow to guess and sealed as passwords are; a code has sixty random bits besides.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session as Database
from starlette.responses import Response

from bot.database import transaction
from bot.portal import attempts
from bot.portal.models import Account, Recovery
from bot.portal.secrets import Secrets
from bot.portal.sign_in import let_in, takes_code, tried
from bot.portal.site import Visit
from bot.portal.telling import happened

MANY = 8
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"  # Crockford's: no I, L, O, U to be misread
_LONG, _GROUP = 12, 4  # of 32 letters: sixty bits
_READ_AS = str.maketrans("ILO", "110")
_MOST_READ = 40


def new_codes(engine: Engine, seals: Secrets, account_id: int) -> list[str]:
    """Fresh ones, as they are shown; those of before end."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LONG)) for _ in range(MANY)]
    kept = [seals.hash_password(each) for each in codes]
    with transaction(engine) as session:
        session.get_one(Account, account_id, with_for_update=True)
        session.execute(delete(Recovery).where(Recovery.account_id == account_id))
        session.add_all(Recovery(account_id=account_id, code=each) for each in kept)
    return ["-".join(each[n : n + _GROUP] for n in range(0, _LONG, _GROUP)) for each in codes]


def codes_left(engine: Engine, account_id: int) -> int:
    """How many of hers were not used."""
    wanted = select(func.count()).where(Recovery.account_id == account_id)
    with Database(engine) as session:
        return session.scalar(wanted) or 0


def use_code(engine: Engine, seals: Secrets, account_id: int, written: str) -> bool:
    """Whether it is one of hers; then it is used up. Of two who bring it at once one gets in."""
    code = read(written)
    with Database(engine) as session:
        mine = select(Recovery).where(Recovery.account_id == account_id)
        kept = {each.id: each.code for each in session.scalars(mine)}
    # Hashed outside any transaction: that takes a while, and SQLite has one writer.
    right = [number for number, each in kept.items() if seals.is_password(each, code)]
    if not right:
        return False
    used = delete(Recovery).where(Recovery.id == right[0]).returning(Recovery.id)
    with transaction(engine) as session:
        return session.execute(used).first() is not None


def read(written: str) -> str:
    """As it was made: capitals, spaces and what looks alike do not matter."""
    kept = (each for each in written[:_MOST_READ].upper() if each.isalnum())
    return "".join(kept).translate(_READ_AS)


def recovery(visit: Visit) -> Response:
    """In place of the telephone's code, after the password: she is in, and sets up the second
    lock on another telephone."""
    if visit.is_whole:
        return visit.go("/portal/")
    if visit.method == "GET":
        return visit.page("recovery.html", wrong="")
    person = visit.person
    try:
        right = takes_recovery(visit, visit.form.get("code", ""))
    except attempts.TooOften:
        visit.note_failure("sign_in_closed", f"account {person.id}")
        return visit.page("recovery.html", status=429, wrong="wrong_too_often")
    if not right:
        return visit.page("recovery.html", status=401, wrong="wrong_recovery")
    return let_in(visit, lambda session: f"/portal/totp?proof={_proof(visit, session)}")


def takes_recovery(visit: Visit, code: str) -> bool:
    """Whether it is a code of hers, which is used up, noted and told; raises attempts.TooOften."""
    number, seals = visit.person.id, visit.site.secrets
    right = tried(visit, lambda: use_code(visit.engine, seals, number, code))
    if right:
        happened(visit, "recovery_used", visit.person)
    else:
        visit.note_failure("wrong_code", f"account {number}")
    return right


def proves_present_lock(visit: Visit) -> bool:
    """Whether she may put another lock in place of hers: she has just come in by a recovery code,
    in this very session, or brings the telephone's code or a recovery code now. Raises
    attempts.TooOften."""
    if is_proof(visit, visit.form.get("proof", "")):
        return True
    present = visit.form.get("present", "")
    return takes_code(visit, present) if is_of_phone(present) else takes_recovery(visit, present)


def is_of_phone(code: str) -> bool:
    """Six digits; a recovery code is longer."""
    return len(code.replace(" ", "")) <= 6


def is_proof(visit: Visit, text: str) -> bool:
    """Of this session, for the page that asks nothing more then."""
    return bool(visit.site.secrets.read_signed(text) == _proven(visit.person.id, visit.session))


def _proof(visit: Visit, session: str) -> str:
    """It stands in an address, and is worth nothing outside the session that it was made for."""
    return visit.site.secrets.sign(_proven(visit.person.id, session))


def _proven(account_id: int, session: str) -> list[object]:
    return ["recovered", account_id, session]


def renew(visit: Visit) -> Response:
    """New codes on a page, told to whose account it is."""
    codes = new_codes(visit.engine, visit.site.secrets, visit.person.id)
    happened(visit, "recovery_made", visit.person)
    return visit.page(
        "recovery_codes.html", codes=codes, to="/portal/account", had=True, is_set=False
    )
