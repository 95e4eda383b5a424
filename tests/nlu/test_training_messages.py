"""The training messages: enough, different, marked as Rasa reads it, apart from the test."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache

import pytest
import yaml

from bot.nlu.normalise import plain
from bot.paths import DATA, ROOT

INTENTS = {
    intent: group
    for group, names in yaml.safe_load(
        (DATA / "taxonomy.yml").read_text(encoding="utf-8"))["intents"].items()
    for intent in names
}  # fmt: skip
MARK = re.compile(r"\[([^\]]+)\](\{[^}]*\})")
AT_LEAST = 30


@cache
def messages() -> tuple[tuple[str, str, str, str], ...]:
    """(language, intent, voice, text with marks)."""
    found = []
    for path in sorted((DATA / "nlu").rglob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            for line in block["examples"].splitlines():
                found.append((path.parent.name, block["intent"], block["metadata"]["voice"],
                              line.removeprefix("- ")))  # fmt: skip
    return tuple(found)


@cache  # asked by two tests, of every message
def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", plain(MARK.sub(r"\1", text)))) or text


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_intent_has_enough_messages_by_several_voices(language: str) -> None:
    counts = Counter(i for code, i, _, _ in messages() if code == language)
    voices = defaultdict(set)
    for code, intent, voice, _ in messages():
        if code == language:
            voices[intent].add(voice)

    assert {i: counts[i] for i in INTENTS if counts[i] < AT_LEAST} == {}
    assert {i for i in INTENTS if len(voices[i]) < 3} == set()


def test_no_two_messages_have_the_same_words() -> None:
    seen = Counter(words(text) for _, _, _, text in messages())

    assert [text for text, count in seen.items() if count > 1] == []


def test_every_voice_writes_in_the_language_of_its_folder() -> None:
    assert all(voice.startswith(code) for code, _, voice, _ in messages())


def test_marks_name_an_entity_a_role_and_for_countries_a_code() -> None:
    for _, intent, _, text in messages():
        for surface, mark in MARK.findall(text):
            values = json.loads(mark)
            assert values["entity"] in ("country", "city"), f"{intent}: {text}"
            assert values["role"] in ("location", "origin", "destination"), f"{intent}: {text}"
            if values["entity"] == "country":
                assert re.fullmatch("[A-Z]{2}", values["value"]), f"{intent}: {surface}"


def test_nothing_of_the_development_set_is_trained_on() -> None:
    trained = {words(text) for _, _, _, text in messages()}
    lines = [
        json.loads(line)
        for path in (ROOT / "tests" / "understanding").rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    # "hola" and "gracias" are what they are: short conversation words cannot be kept apart.
    topics = [each for each in lines if INTENTS[each["intent"]] != "conversation"]

    assert topics
    assert [each["text"] for each in topics if words(each["text"]) in trained] == []
