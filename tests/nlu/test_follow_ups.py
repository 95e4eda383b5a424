"""Whether a message goes on with what was spoken of: what it learns from, and what it learns."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.knowledge.topics import topics
from bot.nlu.follow_ups import FOLDER, WHOLE, Example, FollowUps, read_examples
from bot.nlu.normalise import plain
from bot.paths import DATA, ROOT

FILES = sorted(FOLDER.glob("*.yml"))
INTENTS = {
    intent
    for names in yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))[
        "intents"
    ].values()
    for intent in names
}
_MARKED = re.compile(r"\[([^\]]+)\]\{[^}]*\}")


def _training_messages() -> set[str]:
    found = set()
    for path in (DATA / "nlu").rglob("*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.lstrip().startswith("- ") and not line.lstrip().startswith("- intent:"):
                found.add(plain(_MARKED.sub(r"\1", line.strip()[2:])))
    return found


def test_every_topic_has_follow_ups_in_both_languages() -> None:
    wanted = {name for name, each in topics().items() if each.group not in ("safety",)}
    for language in ("es", "en"):
        counts: Counter[str] = Counter()
        for path in FOLDER.glob(f"{language}-*.yml"):
            for context, lines in yaml.safe_load(path.read_text(encoding="utf-8")).items():
                counts[context] += len(lines["stays"])
        assert set(counts) == wanted
        assert min(counts.values()) >= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_leaves_a_topic_names_another_intent(path: Path) -> None:
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name.startswith(WHOLE):
        assert set(read) <= INTENTS
        return
    for context, lines in read.items():
        for each in lines["leaves"]:
            assert each["intent"] in INTENTS - {context}, each


def test_whole_messages_are_none_that_the_intent_model_knows() -> None:
    """What it makes of a message that it never saw is what is learnt from."""
    whole = {
        plain(str(text))
        for path in FOLDER.glob(f"{WHOLE}*.yml")
        for texts in yaml.safe_load(path.read_text(encoding="utf-8")).values()
        for text in texts
    }

    assert len(whole) > 2_000
    assert whole & _training_messages() == set()


def test_nothing_is_learnt_from_the_development_set() -> None:
    development = {
        plain(json.loads(line)["text"])
        for path in (ROOT / "tests" / "understanding").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }

    assert {plain(each.text) for each in read_examples()} & development == set()


LABELS = ("ask_asylum", "ask_unpaid_wages", "goodbye")


def _share(best: str, much: float) -> np.ndarray:
    rest = (1 - much) / (len(LABELS) - 1)
    return np.array([much if label == best else rest for label in LABELS])


def _examples() -> tuple[list[Example], np.ndarray, np.ndarray]:
    """Vague messages stay, clear ones on something else leave."""
    examples, vectors, shares = [], [], []
    for number in range(40):
        vague = number % 2 == 0
        examples.append(Example("y eso" if vague else "no me pagaron el mes", "ask_asylum", vague))
        vectors.append([float(vague), 0.1])
        shares.append(_share("ask_unpaid_wages", 0.4 if vague else 0.97))
    return examples, np.array(vectors), np.array(shares)


def test_a_vague_message_goes_on_and_a_clear_one_does_not(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="the model lives in Rasa's environment")
    examples, vectors, shares = _examples()
    FollowUps.train(LABELS, examples, vectors, shares).save(tmp_path)

    kept = FollowUps.load(tmp_path, LABELS)

    assert kept.contexts == ("ask_asylum",)
    assert kept.stays("y eso", vectors[0], shares[0])["ask_asylum"] > 0.8
    assert kept.stays("no me pagaron el mes", vectors[1], shares[1]).get("ask_asylum", 0) < 0.2
