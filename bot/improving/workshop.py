"""What the back office, the training and the supervisor tell each other: small files in one folder.

The back office only writes what it wishes; the supervisor of `make run` does it, because Rasa and
the training are its children. Each file is replaced whole, so nobody ever reads half of one.
Standard library alone: the supervisor reads it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

BUSY = ("waiting", "training", "asking")
BASE = 0  # the number of the model that came with the program
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Progress:
    """How far a training is; `share` of a hundred."""

    step: str = "none"  # none, waiting, training, asking, done, failed
    share: int = 0
    minutes: int = 0  # how long it has taken

    @property
    def is_busy(self) -> bool:
        return self.step in BUSY


@dataclass(frozen=True)
class Standing:
    """Which model answers, which one did before it; `wanted`: which is being brought in."""

    present: int = BASE
    before: int | None = None
    wanted: int | None = None
    trouble: str = ""  # silent: it was given up; outdated: the program is a newer one


@dataclass(frozen=True)
class Trained:
    """A model that was trained here, and what it can do beside the one that answered then."""

    number: int
    made_at: str
    inputs: str  # the fingerprint of the program's own training data
    examples: int
    seconds: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    topics: list[list[Any]] = field(default_factory=list)  # intent, before, after
    against: int = BASE  # the model that answered then

    @property
    def is_worse_in_danger(self) -> bool:
        """Whether it misses danger, or violence, that the other one hears."""
        return any(
            (self.figures.get(name) or 0) < (self.before.get(name) or 0)
            for name in ("danger", "violence")
        )


@dataclass(frozen=True)
class Workshop:
    """The folder."""

    folder: Path

    def wish(self, what: str, number: int = 0) -> None:
        """To use a model. That a training is wished is its progress: waiting."""
        self._write("wish.json", {"what": what, "number": number})

    def take_wish(self) -> tuple[str, int] | None:
        """What is wished, once."""
        found = self._read("wish.json")
        (self.folder / "wish.json").unlink(missing_ok=True)
        return (str(found.get("what")), int(found.get("number", 0))) if found else None

    @property
    def inputs(self) -> str:
        """The fingerprint of the program that runs; "" where a model was named for it, and none
        of these is judged or used."""
        return str(self._read("program.json").get("inputs", ""))

    def put_inputs(self, inputs: str) -> None:
        """On a full disk nothing is known, rather than what an older program wrote."""
        with contextlib.suppress(OSError):
            (self.folder / "program.json").unlink(missing_ok=True)
            self._write("program.json", {"inputs": inputs})

    def is_outdated(self, number: int) -> bool:
        """Whether that model is of another version of the program than the one that runs."""
        trained = self.trained(number)
        return trained is not None and trained.inputs != self.inputs

    @property
    def offered(self) -> Trained | None:
        """The model of the last training, where it was measured against what answers now."""
        newest, standing = self.newest, self.standing
        is_new = newest is not None and newest.number != standing.present
        if not is_new or newest is None or standing.wanted is not None or not self.inputs:
            return None
        fits = newest.inputs == self.inputs and newest.against == standing.present
        return newest if fits else None

    @property
    def former(self) -> int | None:
        """The model that answered before, where it can again."""
        standing = self.standing
        before = standing.before
        if before is None or before == standing.present or not self.inputs:
            return None
        return None if self.is_outdated(before) else before

    @property
    def progress(self) -> Progress:
        return _made(Progress, self._read("progress.json"))

    def put_progress(self, progress: Progress) -> None:
        self._write("progress.json", asdict(progress))

    @property
    def standing(self) -> Standing:
        return _made(Standing, self._read("standing.json"))

    def put_standing(self, standing: Standing) -> None:
        self._write("standing.json", asdict(standing))

    def model(self, number: int) -> Path:
        """Where the file of that number lies, or would lie."""
        return self.folder / f"model-{number}.tar.gz"

    def trained(self, number: int) -> Trained | None:
        """What is known of it; None where it is there no more."""
        found = self._read(f"model-{number}.json")
        return _made(Trained, found) if found and self.model(number).exists() else None

    def put_trained(self, trained: Trained) -> None:
        self._write(f"model-{trained.number}.json", asdict(trained))

    @property
    def newest(self) -> Trained | None:
        """The model of the last training."""
        numbers = [int(each.name[6:-7]) for each in self.folder.glob("model-*.tar.gz")]
        return self.trained(max(numbers)) if numbers else None

    def next_number(self) -> int:
        """Never one that was there before."""
        number = int(self._read("last.json").get("number", 0)) + 1
        self._write("last.json", {"number": number})
        return number

    def tidy(self) -> None:
        """Models go that neither answer, nor did before, nor were trained last."""
        standing, newest = self.standing, self.newest
        kept = {standing.present, standing.before, standing.wanted}
        kept |= {newest.number} if newest else set()
        for path in self.folder.glob("model-*"):
            if not any(path.name.startswith(f"model-{number}.") for number in kept):
                path.unlink()

    def _write(self, name: str, values: Mapping[str, Any]) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        part.replace(self.folder / name)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _made(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """From a file that another version may have written."""
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: value for name, value in values.items() if name in known})
