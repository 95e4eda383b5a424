"""What is set on this installation, for administrators to look at; never a secret.

Nothing is changed here: settings are read once, at the start, by several processes, and what a
woman was promised (how long her words stay) must not change under a running conversation. The page
says by which name each is changed on the server, and leads to what is changed in the back office.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, inspect, text
from starlette.responses import Response

from bot.portal.site import Visit
from bot.portal.sms_price import SETTING as SMS_PRICES
from bot.settings import Settings

HOUR_S = 3_600
ON, OFF = "on", "off"


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
            Line("set_reminders", _switch(settings.reminders), "COMADRE_REMINDERS"),
            Line("set_prices", _switch(bool(env.get(SMS_PRICES))), SMS_PRICES),
        )),
    )  # fmt: skip


def settings_page(visit: Visit) -> Response:
    """Everything, with the versions that run."""
    versions = Block("set_versions", tuple(_versions(visit.engine)))
    return visit.page("settings.html", blocks=(*visit.site.shown_settings, versions))


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
