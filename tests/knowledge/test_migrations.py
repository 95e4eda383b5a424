"""The tables: up, down, and the same as the models say."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import bot
from bot.database import Base, migrate, open_engine, unmigrate
from bot.directory.models import Location, Organization, Service

OURS = {
    "statement", "emergency_line", "source", "content_load", "organization", "service",
    "service_type", "location", "phone", "schedule",
}  # fmt: skip


def test_the_tables_come_and_go(empty_url: str) -> None:
    engine = open_engine(empty_url)

    migrate(empty_url, "0001")
    there = set(inspect(engine).get_table_names())
    unmigrate(empty_url)
    left = set(inspect(engine).get_table_names())
    migrate(empty_url)
    again = set(inspect(engine).get_table_names())
    engine.dispose()

    assert there == OURS | {"alembic_version"}
    assert left == {"alembic_version"}
    assert again >= there


def test_migrated_tables_are_those_of_the_models(empty_url: str) -> None:
    for package in pkgutil.iter_modules(bot.__path__):
        if package.ispkg and importlib.util.find_spec(f"bot.{package.name}.models"):
            importlib.import_module(f"bot.{package.name}.models")
    migrate(empty_url)
    engine = open_engine(empty_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            each
            for each in compare_metadata(context, Base.metadata)
            if not _is_about_other_tables(each)
        ]
    engine.dispose()

    assert differences == []


def _is_about_other_tables(difference: object) -> bool:
    """Procrastinate and others keep tables that no model of ours describes."""
    return isinstance(difference, tuple) and str(difference[0]).startswith("remove_")


def test_the_database_itself_refuses_the_town_of_a_secret_place(empty_url: str) -> None:
    migrate(empty_url)
    engine = open_engine(empty_url)
    with Session(engine) as session:
        session.add(_secret_service())
        session.flush()
        session.add(
            Location(
                service_id="hn.casa", position=1, location_type="virtual", city="La Ceiba",
                country="HN",
            )
        )  # fmt: skip

        with pytest.raises(IntegrityError):
            session.flush()
    engine.dispose()


def _secret_service() -> Service:
    return Service(
        id="hn.casa", country="HN", confidence="high", call_first=False, name="Casa",
        organization=Organization(id="hn.org.casa", country="HN", name="Casa", kind="ngo"),
        description_es="a", description_en="a", for_whom_es="a", for_whom_en="a", languages="es",
        service_area="", interpreters=False, cost="free", confidential_service=True,
        confidential_location=True, status="active", publication="published",
    )  # fmt: skip
