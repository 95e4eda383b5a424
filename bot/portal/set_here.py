"""What administrators set in the back office, in place of what the server says.

Only what promises no woman anything and is no secret: what an SMS costs, and whether organisations
are asked by mail. It is read where it is used, so that it counts at once in every process. What
cannot be read (a later version wrote it, say) counts as not set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from bot.database import AddOrChange
from bot.portal.models import SetHere
from bot.portal.sms_price import Price, Prices, read_price

MAILS, ON, OFF = "mails", "on", "off"
PRICE = "sms_price "  # and the country
_PUT = AddOrChange(SetHere, "name", ("value", "role", "at"))


def put(session: Session, name: str, value: str, role: str, at: datetime) -> None:
    """From now on; who said so before is written over, and stands in the audit."""
    _PUT(session.connection(), {"name": name, "value": value, "role": role, "at": at})


def put_back(session: Session, name: str) -> None:
    """What the server says counts again."""
    session.execute(delete(SetHere).where(SetHere.name == name))


def rows(session: Session) -> Mapping[str, SetHere]:
    """All that is set here, by name."""
    return {each.name: each for each in session.scalars(select(SetHere))}


def mails_leave(session: Session, server: bool) -> bool:
    """Whether organisations get mails by themselves; `server`: COMADRE_REMINDERS."""
    return leaves(session.get(SetHere, MAILS), server)


def leaves(row: SetHere | None, server: bool) -> bool:
    """The same, of what is set here."""
    return row.value == ON if row is not None and row.value in (ON, OFF) else server


def own_prices(found: Mapping[str, SetHere]) -> dict[str, Price]:
    """Those that are set here, by country."""
    read = {
        name.removeprefix(PRICE): read_price(each.value)
        for name, each in found.items() if name.startswith(PRICE)
    }  # fmt: skip
    return {country: price for country, price in read.items() if price is not None}


def prices_now(engine: Engine, server: Prices) -> Prices:
    """What an SMS costs, here or else by the server."""
    with Session(engine) as session:
        return {**server, **own_prices(rows(session))}
