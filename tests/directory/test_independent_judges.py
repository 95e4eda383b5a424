"""What leaves us is judged by programs that know HSDS or OpenAPI and nothing of us, and by a list
of every column that we have."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from sqlalchemy import Engine
from sqlalchemy.orm import Session, class_mapper

from bot.directory.hsds_package import exchanged, write_package
from bot.directory.hsds_profile import openapi, profile
from bot.directory.hsds_words import HSDS
from bot.directory.models import Location, Organization, Phone, Schedule, Service, ServiceType
from bot.paths import ROOT
from bot.serve import directory_api
from tests.directory.test_hsds_api import application

Json = dict[str, Any]
OURS = (Organization, Service, ServiceType, Location, Phone, Schedule)
PUBLISHED = "https://raw.githubusercontent.com/openreferral/specification/3.1/schema/"


def listed() -> dict[str, str]:
    """Each column of ours, as table.column, and the field of HSDS that the page names for it."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    part = text.split("## Column by column")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9_., ]+) \| (\S+\.\S+|–) \|$", part, re.MULTILINE)
    return {ours: hsds for many, hsds in rows for ours in many.split(", ")}


def test_every_column_of_ours_is_on_the_page_and_no_other() -> None:
    own = {
        f"{each.__tablename__}.{of.key}" for each in OURS for of in class_mapper(each).column_attrs
    }

    assert set(listed()) == own


def test_every_field_on_the_page_is_one_of_the_published_schemas_or_of_our_profile() -> None:
    for field in set(listed().values()) - {"–"}:
        table, name = field.split(".")
        schema = json.loads((HSDS / "schema" / f"{table}.json").read_text(encoding="utf-8"))
        ours = profile().get(table, {}).get("properties", {})
        assert name in schema["properties"] or name in ours, field


def test_frictionless_finds_every_file_of_the_package_valid(
    shared_honduras: Engine, tmp_path: Path
) -> None:
    frictionless = import_module("frictionless")
    with Session(shared_honduras) as session:
        services = exchanged(session, date(2026, 11, 27))
    package = write_package(services, datetime(2026, 11, 27, tzinfo=UTC))
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        zipped.extractall(tmp_path)

    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()

    assert report.stats["tasks"] == 13
    assert report.flatten(["path", "rowNumber", "fieldName", "type"]) == []
    # And it does look: a cell that is no number is found.
    place = tmp_path / "locations.csv"
    place.write_text(re.sub(r",1\d\.\d+,", ",north,", place.read_text(), count=1))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid


def here(api_url: str) -> Json:
    """Our description with the published schemas where they lie on disk: no network in tests."""
    text = json.dumps(openapi(api_url)).replace(PUBLISHED, f"file://{HSDS}/schema/")
    for name in ("service", "organization"):
        text = text.replace(f"schema/compiled/{name}.json", f"schema/{name}.json")
    found: Json = json.loads(text)
    return found


def test_schemathesis_finds_the_api_as_its_description_says(
    shared_honduras: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the description allows is answered as it says, what it forbids is refused."""
    schemathesis = import_module("schemathesis")
    monkeypatch.setattr(directory_api, "openapi", here)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", application(shared_honduras))
    modes = schemathesis.GenerationMode
    asked = []
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (modes.POSITIVE, modes.NEGATIVE):
            if mode is modes.NEGATIVE and operation.path == "/":
                continue  # nothing can be wrong with it

            @given(case=operation.as_strategy(generation_mode=mode))
            @examples(max_examples=2, deadline=None, database=None, derandomize=True,
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            def one(case: Any) -> None:
                asked.append(case.path)
                if "near" not in (case.query or {}):
                    (case.query or {}).pop("km", None)  # OpenAPI cannot say that they go together
                case.call_and_validate()

            one()
    assert len(set(asked)) == 9
