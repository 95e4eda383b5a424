"""Every story through the same path as `make converse`, twice at a time, each with its own Rasa."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.paths import ROOT
from tests.stories.talks import Story, faults, stories

STORIES = stories()
_ENGLISH = re.compile(r"\b(the|my|is|and|what|you|me|I|hello|can|do)\b(?! (gusta|pega|va))")
Played = dict[str, list[dict[str, Any]]]


AT_ONCE = 2


def _play(some: Sequence[Story]) -> Played:
    lines = [line for story in some for line in story.lines()]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "converse"], input="\n".join(lines), cwd=ROOT, text=True,
        capture_output=True, timeout=1_500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: Played = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        answers.setdefault(answer["conversation"], []).append(answer)
    return answers


@pytest.fixture(scope="module")
def played() -> Played:
    """What came back, by story, in the order of its turns."""
    with ThreadPoolExecutor(AT_ONCE) as both:
        parts = both.map(_play, [STORIES[i::AT_ONCE] for i in range(AT_ONCE)])
        return {name: out for part in parts for name, out in part.items()}


@pytest.mark.running
@pytest.mark.parametrize("story", STORIES, ids=[f"{s.file}: {s.name}" for s in STORIES])
def test_a_whole_conversation(story: Story, played: Played) -> None:
    wrong = [
        f"«{turn.does}»: {fault}"
        for turn, out in zip(story.turns, played[story.name], strict=True)
        for fault in faults(turn, out)
    ]

    assert wrong == []


def test_there_are_at_least_120_stories_in_both_languages_on_every_channel() -> None:
    assert len(STORIES) >= 120
    assert len({story.name for story in STORIES}) == len(STORIES)
    assert {story.channel for story in STORIES} == {"whatsapp", "sms", "telegram", "web"}
    english = [s for s in STORIES if any(_ENGLISH.search(str(t.does.get("she"))) for t in s.turns)]
    assert len(english) >= 40


@pytest.mark.running
def test_few_turns_end_in_not_understanding(played: Played) -> None:
    """Outside the file whose stories are about just that."""
    asked = [out for story in STORIES if story.file != "misunderstanding"
             for out in played[story.name]]  # fmt: skip
    lost = [out for out in asked if out["acted_on"] == "nlu_fallback"]

    assert len(lost) / len(asked) <= 0.06
