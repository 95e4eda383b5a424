"""Reads data/nlu for Rasa, hundreds of times faster than its own reader.

Rasa 3.6 validates every marked place against a JSON schema that it compiles anew each time (23 ms a
place: four minutes for this corpus). This importer reads the same files in the same format; the
tests check the marks. To be removed when Rasa's reader caches its schema.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_MARK = re.compile(r"\[([^\]]+)\](\{[^}]*\})")


class FastImporter(RasaFileImporter):
    """Named in config.yml under `importers`."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        # Rasa's own would parse every file to learn what it is: here the folder tells.
        paths = [
            Path(p) for p in training_data_paths or [] if isinstance(training_data_paths, list)
        ]
        super().__init__(config_file, domain_path, [str(p) for p in paths if p.name != "nlu"])
        self._nlu_files = [str(f) for p in paths if p.name == "nlu" for f in p.rglob("*.yml")]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All messages with their intent and the voice that wrote them."""
        return self._messages

    @cached_property
    def _messages(self) -> TrainingData:
        examples = [example for path in sorted(self._nlu_files) for example in _read(Path(path))]
        return TrainingData(examples)


class TrainingMessage(Message):
    """A message that nobody changes, so that it need not be copied, and is cheap to compare.

    Rasa hashes every message several times through JSON and copies all of them: three minutes for
    70,000, before any component has begun.
    """

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def fingerprint(self) -> str:
        """What tells it from others: its words, its intent, who wrote it."""
        metadata = self.data["metadata"]["intent"]["voice"]
        return f"{self.data['intent']}\0{metadata}\0{self.data['text']}"

    def __deepcopy__(self, memo: dict[int, Any]) -> TrainingMessage:
        return self


def _read(path: Path) -> list[Message]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    blocks = yaml.load(path.read_text(encoding="utf-8"), loader).get("nlu") or []  # noqa: S506
    return [
        _message(line.removeprefix("- "), block)
        for block in blocks
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def _message(marked: str, block: dict[str, Any]) -> Message:
    # Places are found by word lists and rules, so the marks are for the tests: Rasa would copy and
    # hash them several times for nothing.
    text = _MARK.sub(r"\1", marked)
    metadata = {"intent": {"voice": block["metadata"]["voice"]}}
    return TrainingMessage(data={"text": text, "intent": block["intent"], "metadata": metadata})
