"""The page of the benchmarks says what the stages' files say, and nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from bench import __main__ as bench
from bench import figures_told, record, report
from bench.pace import Pacer
from bench.record import DATA, MEASURED, Record
from bench.report_charts import charts
from bench.samples import Message, drawn, messages, of_each, write
from bench.trees import below, memory_mb, processor_s

PAGE = DATA.parent / "index.md"
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PACE = {"turns": 300, "unanswered": 0, "seconds": 15.2, "turns_per_s": 19.7,
         "turn_ms": {"p50": 55.5, "p95": 81.25, "p99": 99.5},
         "processor_ms": {"rasa": 22.5, "application": 34.25, "bench": 6.5,
                          "all": 56.75}}  # fmt: skip
_TIMES = {"median_ms": 1.25, "p95_ms": 2.5, "processor_ms": 1.2}
_HEAD = {"date": "2026-11-27", "commit": "abc", "load_before": 0.25,
         "machine": {"cores": 2, "processor": "a processor", "memory_gb": 25}}  # fmt: skip


def _system(**more: Any) -> dict[str, Any]:
    paces = {name: _PACE for name in report.PACES}
    return {"start_s": {"first": 12.5, "again": 8.75}, "memory_mb": {"all": 612.5},
            "most_mb": {"all": 1350.5}, "twilio": paces, **more}  # fmt: skip


def _scores(seconds: int) -> dict[str, Any]:
    both = {"recall": 96.5, "precision": 82.25}
    return {"trained_s": seconds, "size_mb": 13.2, "messages": 2000,
            "accuracy": {"es": 95.1, "en": 93.7}, "macro_f1": {"es": 0.951, "en": 0.937},
            "safety": {"report_immediate_danger": both, "express_suicidal_distress": both},
            "milliseconds": {"p50": 8.5, "p95": 11.5}}  # fmt: skip


KNOWN: dict[str, Any] = {
    "turns": {"ours": _system(page={name: _PACE for name in report.PACES},
                              acknowledge_ms={"per_s": 50, "p50": 4.5, "p95": 90.5, "p99": 101.5},
                              rasa_hangs_s={"emergency": 1.23, "ordinary": 4.05}),
              "stock": _system()},
    "scaling": {"at_once": 16, "queue": "jobs", "sizes": [
        {"pods": pods, "memory_mb": {"all": 1400.5}, **_PACE} for pods in (1, 2, 4)]},
    "growth": {
        "services": [{"services": 50_000, **_TIMES}],
        "statements": [{"statements": 494, "first_ms": 310.5, **_TIMES}],
        "delivery_sqlite": [{"women": 100_000, **_TIMES}],
        "delivery_postgresql": [{"women": 100_000, **_TIMES}],
        "rasa_memory": [{"conversations": 100_000, "file": _TIMES, "redis": _TIMES,
                         "stock": _TIMES}],
    },
    "examples": {"cases": 2000, "sizes": [{"examples": 94_150, **_scores(359)}]},
    "losses": {"per_s": 5.0, "kill_every_s": 12.0, **{
        who: {"messages": 300, "kills": {"gateway 0": 3, "rasa 3": 1}, "refused": 7, "lost": 0,
              "answer_ms": {"p50": 130.5, "p95": 900.5, "p99": 9000.5}}
        for who in ("ours", "stock")}},
    "understanding": _scores(359), "stock": {"epochs": 6, **_scores(4321)},
}  # fmt: skip
for _name, _stage in KNOWN.items():
    _stage.update(stage=_name, **_HEAD)
KNOWN["corpus"] = {
    "stage": "corpus",
    "sizes": [{"examples": 94_150, "accuracy": {"es": 95.1, "en": 93.7}}],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of every stage, and the page made of them."""
    folder = tmp_path_factory.mktemp("benchmarks")
    data = folder / "data"
    data.mkdir()
    for name, stage in KNOWN.items():
        (data / f"{name}.json").write_text(json.dumps(stage), encoding="utf-8")
    report.main(["--to", str(data), "--page", str(folder)])
    return folder


def _figures(text: str) -> set[str]:
    return {found.replace(",", "").rstrip(".") for found in _NUMBER.findall(text)}


def _told(page: str) -> set[str]:
    """The figures of a page, but for those of names: p50, decision 0004, F1 and the like."""
    page = re.sub(r"\]\([^)]*\)|`[^`]*`|```.*?```", " ", page, flags=re.S)
    return _figures(re.sub(r"\b[pF]\d+\b", " ", page))


def _in_files(*folders: Path) -> set[str]:
    paths = [path for folder in folders for path in folder.glob("*.json")]
    found: set[str] = set()
    for path in paths:
        found |= _figures(path.read_text(encoding="utf-8").replace("_", " "))
    return found


def test_every_figure_of_the_page_stands_in_a_file(made: Path) -> None:
    page = (made / "index.md").read_text(encoding="utf-8")

    assert len(_told(page)) > 40
    assert _told(page) - _in_files(made / "data", report.SOAKS) == set()
    assert "None" not in page
    assert f"| {report.UNKNOWN} |" not in page


def test_the_page_that_is_published_is_made_of_the_files_that_are_published() -> None:
    known = report.read()
    worked_out = report.summary(known)
    files = sorted(path.name for path in DATA.glob("*.json"))

    assert json.loads((DATA / "summary.json").read_text(encoding="utf-8")) == worked_out
    assert report.render(known, worked_out, files) == PAGE.read_text(encoding="utf-8")
    assert _told(PAGE.read_text(encoding="utf-8")) - _in_files(DATA, report.SOAKS) == set()
    assert {each["file"] for each in charts(known)} == {p.name for p in DATA.parent.glob("*.svg")}


def _pictures(page: str) -> Iterator[str]:
    yield from re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)


def test_every_chart_is_drawn_with_its_words_as_words(made: Path) -> None:
    names = set(_pictures((made / "index.md").read_text(encoding="utf-8")))

    assert names == {"turns.svg", "scaling.svg", "examples.svg", "growth.svg"}
    for name in names:
        text = (made / name).read_text(encoding="utf-8")
        ElementTree.fromstring(text)  # noqa: S314  # ours
        assert "<text" in text


def test_what_was_missed_is_told_with_its_reason_and_what_was_reached_without(made: Path) -> None:
    page = (made / "index.md").read_text(encoding="utf-8")
    last = page.partition("## What is still slower")[2].partition("## What is not measured")[0]
    targets = yaml.safe_load(report.TARGETS.read_text(encoding="utf-8"))["targets"]
    missed = {each["name"] for each in targets if f"- **{each['name']}**: {each['why']}" in last}

    assert len(targets) == last.count(" reached |") + last.count(" missed |")
    assert "training, s" in missed
    assert "turns in a second on two cores, everything on them" in missed
    assert "memory of all processes, MB" not in missed


def test_no_reason_holds_a_figure_that_would_stand_in_no_file() -> None:
    targets = yaml.safe_load(report.TARGETS.read_text(encoding="utf-8"))["targets"]

    assert [each["name"] for each in targets if re.search(r"\d", each["why"])] == []


def test_a_stage_without_a_file_is_said_not_to_be_measured(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "corpus.json").write_text(json.dumps(KNOWN["corpus"]), encoding="utf-8")
    report.main(["--to", str(data), "--page", str(tmp_path)])

    page = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "**Not measured yet**: turns, scaling, growth" in page
    assert list(_pictures(page)) == []


def test_a_file_says_on_what_and_when_it_was_measured(tmp_path: Path) -> None:
    path = Record("turns", tmp_path).write({"ours": {}})

    found = json.loads(path.read_text(encoding="utf-8"))
    assert set(found) == {"stage", "date", "commit", "machine", "load_before", "ours"}
    assert found["machine"]["cores"] > 0


@pytest.mark.parametrize("state", ["abc1234", "abc1234+"])
def test_nothing_is_published_that_was_measured_of_a_program_in_no_commit(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "commit", lambda: state)
    Record("turns", tmp_path)  # a trial goes elsewhere
    Record("turns", changed=True)  # and who says so knows it

    if state.endswith("+"):
        with pytest.raises(SystemExit, match="differs from its commit"):
            Record("turns")
    else:
        Record("turns")


def test_the_page_names_every_stage(made: Path) -> None:
    page = (made / "index.md").read_text(encoding="utf-8")

    assert set(re.findall(r"python -m bench (\w+)", page)) == {*MEASURED, "report"}


async def test_a_pace_counts_turns_what_they_cost_and_who_was_never_answered() -> None:
    used = {"rasa": 0.0, "bench": 0.0}

    async def turn(number: int) -> float | None:
        used["rasa"] += 0.02
        used["bench"] += 0.5
        return None if number % 4 == 0 else 0.05

    found = await Pacer.of(turn, lambda: dict(used)).all(0.4)

    steady = found["at_20_a_second"]
    assert steady["turns"] + steady["unanswered"] == 8
    assert steady["unanswered"] == 2
    assert steady["turn_ms"]["p50"] == 50.0
    assert steady["processor_ms"]["rasa"] == round(1_000 * 0.02 * 8 / 6, 1)
    assert steady["processor_ms"]["all"] == steady["processor_ms"]["rasa"]  # without who asks
    assert set(found) == set(report.PACES)


def test_a_larger_part_of_the_messages_holds_the_smaller_one(tmp_path: Path) -> None:
    every = [Message(f"intent-{n % 5}", "es-gt-26", f"mensaje {n}") for n in range(100)]

    assert set(drawn(every, 10)) < set(drawn(every, 40))
    assert drawn(every, 40) == drawn(every[::-1], 40)
    assert len(of_each(every, 3)) == 15
    write(drawn(every, 40), tmp_path)
    assert sorted(messages(tmp_path / "nlu")) == sorted(drawn(every, 40))


def test_what_a_process_has_used_is_read_of_itself_and_its_children() -> None:
    pids = {"tests": [os.getpid()]}

    assert os.getpid() in below(os.getpid())
    assert processor_s(pids)["tests"] > 0
    assert memory_mb(pids)["all"] == memory_mb(pids)["tests"] > 10


def test_make_bench_runs_every_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(bench, "stage", lambda name: lambda arguments: ran.append(name))
    monkeypatch.delenv("COMADRE_BENCH_EPOCHS", raising=False)

    assert bench.main(()) == 0
    assert ran[:-1] == list(MEASURED)
    assert ran[-1] == "report"


def test_what_the_page_on_figures_says_was_measured_is_in_the_files(tmp_path: Path) -> None:
    """Typed by hand, it was of versions long gone."""
    page = tmp_path / "analytics.md"
    page.write_text(figures_told.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    figures_told.write(page=page)

    assert figures_told.told()
    assert page.read_text(encoding="utf-8") == figures_told.PAGE.read_text(encoding="utf-8")
