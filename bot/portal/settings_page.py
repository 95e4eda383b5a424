"""What is set on this installation, for administrators; never a secret.

What an SMS costs and whether organisations get mails are set here (set_here.py). All else is only
shown, by which name it is changed on the server: those settings are read once, at the start, by
several processes, and what a woman was promised (how long her words stay) must not change under a
running conversation.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.knowledge.schema import COUNTRY_CODES
from bot.portal.price_form import as_it_stands, currencies, priced, read_form
from bot.portal.set_here import MAILS, OFF, ON, PRICE, leaves, put, put_back, rows
from bot.portal.site import Refused, Visit
from bot.settings import Settings

HOUR_S = 3_600
BACK = "back"  # to what the server says


@dataclass(frozen=True)
class Line:
    """One setting: the key of its words, its value (ON and OFF are said in words) and by which
    name it is changed on the server; none for what cannot be set."""

    key: str
    value: str
    name: str = ""


@dataclass(frozen=True)
class Block:
    """Lines that belong together."""

    key: str
    lines: tuple[Line, ...]


def blocks(settings: Settings, on: Iterable[str], off: Iterable[str]) -> tuple[Block, ...]:
    """All that is shown; `on`, `off`: names of channels. Only named values, so that a setting that
    is added one day stays hidden until somebody decides to show it."""
    env = settings.environment
    epsilon = settings.figures_epsilon
    return (
        Block("set_privacy", (
            Line("set_retention", _hours(settings.retention_s), "COMADRE_RETENTION_S"),
            Line("set_sensitive", _hours(settings.retention_sensitive_s),
                 "COMADRE_RETENTION_SENSITIVE_S"),
            Line("set_threshold", str(settings.figures_threshold), "COMADRE_FIGURES_THRESHOLD"),
            Line("set_noise", OFF if epsilon is None else f"{epsilon:g}",
                 "COMADRE_FIGURES_EPSILON"),
            Line("set_unanswered", _switch(settings.unanswered), "COMADRE_UNANSWERED"),
            Line("set_alike", str(settings.unanswered_people), "COMADRE_UNANSWERED_PEOPLE"),
        )),
        Block("set_reports", (
            Line("set_people", str(settings.report_people), "COMADRE_REPORT_PEOPLE"),
            Line("set_days", str(settings.report_days), "COMADRE_REPORT_DAYS"),
            Line("set_flood", str(settings.most_by_sender) if settings.most_by_sender else OFF,
                 "COMADRE_MOST_BY_SENDER"),
        )),
        Block("set_channels", tuple(
            [Line(f"set_channel_{name}", ON) for name in sorted(on)]
            + [Line(f"set_channel_{name}", OFF) for name in sorted(off)]
        )),
        Block("set_mail", (
            Line("set_server", _switch(bool(env.get("COMADRE_SMTP_HOST"))), "COMADRE_SMTP_HOST"),
        )),
    )  # fmt: skip


def settings_page(visit: Visit) -> Response:
    """Everything, with the versions that run; or something that is set here from now on."""
    if visit.method == "GET":
        return _page(visit)
    act = ACTS.get(visit.form.get("do", ""))
    if act is None:
        raise Refused(400, "nothing_here")
    return act(visit)


def _page(visit: Visit, wrong: Mapping[str, str] | None = None) -> Response:
    versions = Block("set_versions", tuple(_versions(visit.engine)))
    with Session(visit.engine) as session:
        here = rows(session)
    server = visit.site.sends_mail
    return visit.page(
        "settings.html", status=422 if wrong else 200, wrong=wrong or {},
        blocks=(*visit.site.shown_settings, versions), has_mail=visit.site.post is not None,
        mails=here.get(MAILS), leave=leaves(here.get(MAILS), server), server=_switch(server),
        prices=priced(visit, here), countries=COUNTRY_CODES, currencies=currencies(visit, here),
        form=visit.form if wrong else as_it_stands(visit, here),
    )  # fmt: skip


def _mails(visit: Visit) -> Response:
    """On, off, or as the server says."""
    to = visit.form.get("to", "")
    if visit.site.post is None:
        raise Refused(409, "mails_no_server")
    if to not in (ON, OFF, BACK):
        raise Refused(400, "nothing_here")
    with transaction(visit.engine) as session:
        if to == BACK:
            put_back(session, MAILS)
        else:
            put(session, MAILS, to, visit.person.role, visit.now)
    visit.note(f"mails_{to}")
    return visit.go("/portal/settings", "saved")


def _price(visit: Visit) -> Response:
    """What a part costs to a country from now on; or the form again, with what is wrong."""
    with transaction(visit.engine) as session:
        price, wrong = read_form(visit.form, currencies(visit, rows(session)))
        if not wrong:
            country = visit.form["country"]
            put(session, PRICE + country, price, visit.person.role, visit.now)
    if wrong:
        return _page(visit, wrong)
    visit.note("price_set", f"{country} {price}")
    return visit.go("/portal/settings", "saved")


def _price_back(visit: Visit) -> Response:
    """What the server or the list says of a country counts again."""
    country = visit.form.get("country", "")
    if country not in COUNTRY_CODES:
        raise Refused(400, "nothing_here")
    with transaction(visit.engine) as session:
        put_back(session, PRICE + country)
    visit.note("price_back", country)
    return visit.go("/portal/settings", "saved")


ACTS = {"mails": _mails, "price": _price, "price_back": _price_back}


def _versions(engine: Engine) -> Iterable[Line]:
    yield Line("set_python", platform.python_version())
    found = engine.dialect.name
    with engine.connect() as connection:
        version = engine.dialect.server_version_info or ()
        yield Line("set_database", f"{found} {'.'.join(map(str, version[:2]))}".strip())
        shape = "—"
        if inspect(connection).has_table("alembic_version"):
            shape = connection.scalar(text("SELECT version_num FROM alembic_version")) or shape
    yield Line("set_shape", shape)


def _switch(on: bool) -> str:
    return ON if on else OFF


def _hours(seconds: int) -> str:
    """`24 h`, `1.5 h`."""
    return f"{seconds / HOUR_S:.4g} h"
