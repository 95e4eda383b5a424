"""Alerts, dashboard and runbook speak only of what the program really says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from bot.database import transaction
from bot.paths import ROOT
from bot.serve.observed import BACKUP
from bot.telemetry import metrics
from connectors.models import Setting
from tests.serve.one_turn import turns

FOLDER = ROOT / "deploy" / "monitoring"
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
TARGETS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
SECTIONS = {name: words for name, words in re.findall(
    r"^### (Comadre\w+)\n(.*?)(?=^##|\Z)", RUNBOOK, re.M | re.S)}  # fmt: skip
NOT_OURS = {"up"}  # Prometheus's own
_NAME = re.compile(r"\b(?:comadre|process)_[a-z_]+|\bup\b")
_PAIR = re.compile(r'(\w+)="([^"]+)"')


async def said(engine: Engine, folder: Path) -> dict[str, set[tuple[str, str]]]:
    """Every line's name on the page, with its labels."""
    async with turns(engine, folder) as she:
        await she.parts.worker.forget()
        with transaction(engine) as session:
            session.add(Setting(key=BACKUP, value=1))
        found: dict[str, set[tuple[str, str]]] = {}
        for family in text_string_to_metric_families(await she.metrics()):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels.items())
        return found


async def test_every_metric_that_is_named_is_on_the_page(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    there = await said(sqlite_engine, tmp_path)
    asked = [*(rule["expr"] for rule in RULES), *TARGETS]
    named = {name for words in [*asked, RUNBOOK] for name in _NAME.findall(words)} - NOT_OURS
    # In the runbook a name may stand without its labels' lines.
    named = {name for name in named if name != "comadre_"}

    assert len(named) >= 18
    assert {name for name in named if name not in there} == set()
    for words in asked:
        for name, selected in re.findall(r"(comadre_\w+)\{([^}]*)\}", words):
            for pair in _PAIR.findall(selected):
                assert pair in there[name], (name, pair)


def test_labels_that_are_grouped_by_exist() -> None:
    for words in [*(rule["expr"] for rule in RULES), *TARGETS]:
        for names in re.findall(r"\bby \(([^)]*)\)", words):
            assert set(names.split(", ")) <= {*metrics.LABELS, "le"}, words


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_in_both_languages(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Comadre[A-Z]\w+", rule["alert"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "resumen"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_has_its_section(rule: dict[str, Any]) -> None:
    words = SECTIONS[rule["alert"]]

    for part in ("**For the women.**", "*Para ellas.*", "**Look at.**", "**Do.**"):
        assert part in words, part
    assert len(words) > 300


def test_no_section_is_of_an_alert_that_is_not_there() -> None:
    assert set(SECTIONS) == {rule["alert"] for rule in RULES}


def test_the_runbook_names_only_what_exists() -> None:
    links = re.findall(r"\]\((?!https://)([^)#]+)(?:#[^)]*)?\)", RUNBOOK)
    files = set(re.findall(r"\bdeploy/(?!secrets|\.env)[\w./-]*\w", RUNBOOK))

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert [name for name in files if not (ROOT / name).exists()] == []
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in re.findall(r"\b(?:COMADRE|TWILIO|TELEGRAM|WHATSAPP)_[A-Z_]+", RUNBOOK):
        assert f"`{name}`" in settings, name


def test_the_dashboard_can_be_imported() -> None:
    panels = DASHBOARD["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    assert {panel["datasource"]["uid"] for panel in panels} == {"${source}"}
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["source"]
    assert all(" · " in panel["title"] for panel in panels)  # es and en


def test_prometheus_beside_the_containers_is_closed_and_faces_this_machine_alone() -> None:
    services = yaml.safe_load((FOLDER / "compose.yml").read_text(encoding="utf-8"))["services"]
    prometheus = services["prometheus"]

    assert services["caddy"] == {"ports": ["127.0.0.1:9090:9090"]}
    assert prometheus["network_mode"] == "service:caddy"  # /metrics answers loopback alone
    assert prometheus["read_only"] is True
    assert prometheus["cap_drop"] == ["ALL"]
    assert prometheus["mem_limit"] == prometheus["memswap_limit"]
    for volume in prometheus["volumes"]:
        source = volume.split(":")[0]
        assert source == "measured" or (ROOT / "deploy" / source).is_file()


def test_every_alert_is_rehearsed_ringing_and_silent() -> None:
    """What promtool then holds the rules to (below), wherever it is installed."""
    rehearsals = yaml.safe_load((FOLDER / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    rings, silent = set[str](), set[str]()
    for each in (one for rehearsal in rehearsals for one in rehearsal["alert_rule_test"]):
        (rings if each.get("exp_alerts") else silent).add(each["alertname"])

    assert rings == silent == {rule["alert"] for rule in RULES}


@pytest.mark.parametrize("command", [
    ("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml"),
    ("test", "rules", "alerts_test.yml"),
], ids=" ".join)  # fmt: skip
def test_prometheus_takes_the_files(command: tuple[str, ...]) -> None:
    tool = shutil.which("promtool")
    if not tool:
        pytest.skip("promtool is not installed (Debian's prometheus)")
    done = subprocess.run(  # noqa: S603
        [tool, *command], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr
