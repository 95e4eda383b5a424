"""The report on thieves counts what each role could open, on the instance as it is."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.commands.privacy import write_thief_report
from bot.directory.models import Service
from bot.portal.person import ROLES
from tests.portal.desk import Desk, on_both


@on_both
def test_what_a_thief_of_each_role_sees_is_counted(desk: Desk, tmp_path: Path) -> None:
    desk.invite("editor", "Elena", country="HN")

    said = write_thief_report(desk.engine, b"s" * 32, tmp_path, tmp_path / "t.md").read_text(
        "utf-8"
    )

    with Session(desk.engine) as session:
        services = session.scalar(select(func.count()).select_from(Service))
    lines = {line.split(" ")[1]: line for line in said.splitlines() if line.startswith("- ")}
    assert set(ROLES) <= set(lines)
    assert f"all {services} services" in lines["administrator"]
    assert "mail of 1 colleagues" in lines["administrator"]
    assert "no record" in lines["analyst"]
    assert "of 0 the database holds one" in said
    assert "elena" not in said.lower()
