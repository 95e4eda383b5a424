"""`make evaluate`: the trained model on the development set, as a report."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml

from bot.commands.model import TrainingFailed, ensure_model
from bot.commands.parse import gated, start
from bot.paths import DATA, ROOT
from bot.serve.supervisor import say

SETS = ROOT / "tests" / "understanding"
SIDEWAYS = SETS / "sideways"  # a word of another matter, or without its own words
REPORT = ROOT / "artefacts" / "evaluation"
FALLBACK = "nlu_fallback"
PLACES_COUNTED = (
    "Places: an origin counts as found wrongly only where two readers see none or another in her "
    "words, and as missed only where she says it."
)


@dataclass(frozen=True)
class Case:
    """A message with what careful readers say about it.

    `origin` is what she says; `origin_shown` what two readers see in her words as well."""

    text: str
    intent: str
    language: str
    mixed: bool = False
    country: str | None = None
    origin: str | None = None
    origin_shown: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Judged:
    """A case and what the model says; `seconds` for the answer."""

    case: Case
    got: dict[str, Any]
    seconds: float

    @property
    def best(self) -> str:
        """The best guess, also where the conversation would ask again."""
        return str(self.got["ranking"][0][0]) if self.got["ranking"] else FALLBACK


def read_cases(folder: Path = SETS) -> list[Case]:
    """Every line of the development set."""
    return [
        Case(**json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def groups() -> dict[str, str]:
    """Each intent's group."""
    vocabulary = yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))
    return {i: group for group, intents in vocabulary["intents"].items() for i in intents}


def ask(model: Path, cases: Sequence[Case]) -> list[Judged]:
    """Each case through the same program as `make parse`, one at a time, timed."""
    judged = []
    with start(model, subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for case in cases:
            started = time.perf_counter()
            process.stdin.write(gated(json.dumps({"text": case.text})))
            process.stdin.flush()
            line = process.stdout.readline()
            judged.append(Judged(case, json.loads(line), time.perf_counter() - started))
        process.stdin.close()
    return judged


def share(flags: Iterable[bool]) -> float | None:
    """Percent of true, one decimal; None of nothing."""
    values = list(flags)
    return round(100 * sum(values) / len(values), 1) if values else None


def recall_precision(judged: Sequence[Judged], names: set[str]) -> dict[str, float | None]:
    """Of acting on one of `names`."""
    return {
        "recall": share(j.got["intent"] in names for j in judged if j.case.intent in names),
        "precision": share(j.case.intent in names for j in judged if j.got["intent"] in names),
    }


def f1(judged: Sequence[Judged], field: str) -> dict[str, float]:
    """Of one kind of place; a wrong value counts as a miss and as a false find.

    An origin that her words only show is no false find, nor a miss where we do not find it."""
    found = [j for j in judged if j.got[field]]
    wanted = [j for j in judged if getattr(j.case, field)]
    true = sum(j.got[field] in _shown(j.case, field) for j in found)
    met = sum(j.got[field] == getattr(j.case, field) for j in wanted)
    precision = true / len(found) if found else 0.0
    recall = met / len(wanted) if wanted else 0.0
    both = precision + recall
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / both, 3) if both else 0.0,
    }


def _shown(case: Case, field: str) -> tuple[str | None, ...]:
    said: str | None = getattr(case, field)
    return (said, case.origin_shown) if field == "origin" else (said,)


def macro_f1(judged: Sequence[Judged]) -> float:
    """Mean F1 of all intents, by the best guess."""
    right = Counter(j.case.intent for j in judged if j.best == j.case.intent)
    wanted = Counter(j.case.intent for j in judged)
    found = Counter(j.best for j in judged)
    scores = [2 * right[i] / (wanted[i] + found[i]) for i in wanted]
    return round(sum(scores) / len(scores), 3)


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures."""
    group_of = groups()
    by_language = {code: [j for j in judged if j.case.language == code] for code in ("es", "en")}
    spanish = [j for j in by_language["es"] if not j.case.mixed]
    milliseconds = quantiles([1_000 * j.seconds for j in judged[20:]], n=20)
    pairs = Counter((j.case.intent, j.best) for j in judged if j.best != j.case.intent)
    out = [j for j in judged if j.case.intent == "out_of_scope"]
    rest = [j for j in judged if j.case.intent != "out_of_scope"]
    return {
        "messages": len(judged),
        "accuracy": {c: share(_right(j) for j in some) for c, some in by_language.items()},
        "accuracy_acted_on": {
            c: share(j.got["intent"] == j.case.intent for j in some)
            for c, some in by_language.items()
        },
        "asked_again": share(j.got["intent"] == FALLBACK for j in judged),
        "macro_f1": {c: macro_f1(some) for c, some in by_language.items() if some},
        "mixed": share(_right(j) for j in judged if j.case.mixed),
        "spanish_not_mixed": share(_right(j) for j in spanish),
        "groups": {
            g: {c: share(_right(j) for j in some if group_of[j.case.intent] == g)
                for c, some in by_language.items()}
            for g in dict.fromkeys(group_of.values())
        },
        "intents": {
            i: {c: share(_right(j) for j in some if j.case.intent == i)
                for c, some in by_language.items()}
            for i in group_of
        },
        "safety": {
            i: recall_precision(judged, {i})
            for i, g in group_of.items() if g == "safety"
        },
        "safety_either": recall_precision(
            judged, {i for i, g in group_of.items() if g == "safety"}
        ),
        "violence_group_recall": share(
            group_of.get(j.best) in ("violence", "safety")
            for j in judged if group_of[j.case.intent] == "violence"
        ),
        "out_of_scope": {
            "recall": share(j.got["intent"] == "out_of_scope" for j in out),
            "false_alarms": share(j.got["intent"] == "out_of_scope" for j in rest),
        },
        "places": {field: f1(judged, field) for field in ("country", "origin", "city")},
        "language": share(j.got["language"] == j.case.language for j in judged),
        "milliseconds": {"p50": round(milliseconds[9], 1), "p95": round(milliseconds[18], 1)},
        "confusions": [[a, b, n] for (a, b), n in pairs.most_common(40)],
    }  # fmt: skip


def _right(judged: Judged) -> bool:
    return judged.best == judged.case.intent


def markdown(figures: dict[str, Any]) -> str:
    """The report for people."""
    lines = ["# Understanding, on the development set", "", PLACES_COUNTED, ""]
    for name in ("messages", "accuracy", "accuracy_acted_on", "asked_again", "macro_f1", "mixed",
                 "spanish_not_mixed", "safety", "safety_either", "violence_group_recall",
                 "out_of_scope", "places", "language", "milliseconds", "sideways"):  # fmt: skip
        if name in figures:
            lines.append(f"- **{name}**: {json.dumps(figures[name])}")
    for name in ("groups", "intents"):
        lines += ["", f"## {name}", "", "| | es | en |", "|---|---|---|"]
        lines += [f"| {key} | {v['es']} | {v['en']} |" for key, v in figures[name].items()]
    lines += ["", "## Confusions", "", "| meant | taken for | times |", "|---|---|---|"]
    lines += [f"| {a} | {b} | {n} |" for a, b, n in figures["confusions"]]
    return "\n".join(lines) + "\n"


def evaluate() -> int:
    """The exit code."""
    try:
        model = ensure_model()
    except TrainingFailed as error:
        say(str(error))
        return 1
    cases = read_cases()
    say(f"Asking the model about {len(cases)} messages …")
    figures = summary(ask(model, cases))
    hard = read_cases(SIDEWAYS)
    say(f"Asking it about {len(hard)} messages that tell it sideways …")
    told = summary(ask(model, hard))
    figures["sideways"] = {key: told[key] for key in ("messages", "accuracy", "safety",
                                                      "violence_group_recall")}  # fmt: skip
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.with_suffix(".json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    REPORT.with_suffix(".md").write_text(markdown(figures), encoding="utf-8")
    say(markdown(figures).split("\n## groups")[0])
    say(f"Report: {REPORT.with_suffix('.md').relative_to(ROOT)}")
    return 0
