"""A training that the back office asked for: at the lowest priority, told as it goes on, compared
with the model that answers. It changes nothing of what answers: that is the administrator's tap.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.commands.evaluate import Case, Judged, ask, groups, read_cases, share, summary
from bot.commands.model import TrainingFailed, fingerprint, model_path, train_as, training_seconds
from bot.database import open_engine
from bot.directory.text import fold
from bot.improving.examples import all_examples, write_file
from bot.improving.models import TrainingExample
from bot.improving.workshop import BASE, Progress, Trained, Workshop
from bot.serve.supervisor import say
from bot.settings import Settings

USUAL_S = 400  # a training, where none was timed; it yields to everything else
TRAINED = 80  # of a hundred, when the training is over
MOST_TOPICS = 8
Ask = Callable[[Path, Sequence[Case]], list[Judged]]


def step_back() -> None:
    """Whatever else runs goes before; if memory ends, this is what the kernel ends."""
    os.nice(19)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


@dataclass
class Training:
    """One training with all that it needs."""

    workshop: Workshop
    examples: Sequence[TrainingExample]
    base: Path  # the model that came with the program
    train: Callable[[Path, Sequence[Path]], None] = train_as
    ask: Ask = ask
    cases: Sequence[Case] | None = None

    def run(self) -> Trained:
        """The new model, measured. Raises TrainingFailed."""
        workshop, number = self.workshop, self.workshop.next_number()
        started, against = time.monotonic(), workshop.standing.present
        if not workshop.inputs:  # a model was named, and that one answers
            against = BASE
        old = workshop.model(against) if against != BASE else self.base
        if not old.exists():
            raise TrainingFailed(f"{old}: the model that answers is not there; run `make train`")
        folder = write_file(self.examples, workshop.folder / "examples")
        usual = training_seconds(self.base) or USUAL_S
        with self._telling("training", 0, TRAINED, usual * 1.5):
            self.train(workshop.model(number), [folder])
        shutil.rmtree(workshop.folder / "cache", ignore_errors=True)  # Rasa's own
        seconds = round(time.monotonic() - started)
        with self._telling("asking", TRAINED, 99, 60):
            figures, topics = self._measured(old, workshop.model(number))
        trained = Trained(
            number, datetime.now(UTC).isoformat(timespec="minutes"), fingerprint(),
            len(self.examples), seconds, figures[1], figures[0], topics, against,
        )  # fmt: skip
        workshop.put_trained(trained)
        workshop.tidy()
        return trained

    def _measured(
        self, old: Path, new: Path
    ) -> tuple[tuple[dict[str, Any], dict[str, Any]], list[list[Any]]]:
        """What both models can do, on the same messages; none of them was taught."""
        taught = [Case(e.text, e.intent, e.language) for e in self.examples]
        known = {fold(each.text) for each in taught}
        given = read_cases() if self.cases is None else self.cases
        cases = [each for each in given if fold(each.text) not in known]
        both = [self.ask(path, [*cases, *taught]) for path in (old, new)]
        figures = (
            short(both[0][: len(cases)], both[0][len(cases) :]),
            short(both[1][: len(cases)], both[1][len(cases) :]),
        )
        return figures, moved(both[0][: len(cases)], both[1][: len(cases)])

    @contextmanager
    def _telling(self, step: str, first: int, last: int, usual_s: float) -> Iterator[None]:
        """The share grows with the time that it usually takes, and waits before the end."""
        done, started = threading.Event(), time.monotonic()

        def tell() -> None:
            while True:
                passed = time.monotonic() - started
                grown = first + round((last - first) * min(0.97, passed / usual_s))
                self.workshop.put_progress(Progress(step, grown, round(passed / 60)))
                if done.wait(2):
                    return

        self.workshop.put_progress(Progress(step, first, 0))
        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()


def short(judged: Sequence[Judged], taught: Sequence[Judged]) -> dict[str, Any]:
    """The figures for people: percent, or None where there is nothing to measure."""
    by_best = share(each.best == each.case.intent for each in taught)
    if not judged:
        return {"taught": by_best, "messages": 0}
    whole = summary(judged)
    return {
        "messages": whole["messages"], "es": whole["accuracy"]["es"], "en": whole["accuracy"]["en"],
        "danger": whole["safety_either"]["recall"], "violence": whole["violence_group_recall"],
        "outside": whole["out_of_scope"]["recall"], "taught": by_best,
    }  # fmt: skip


def moved(old: Sequence[Judged], new: Sequence[Judged]) -> list[list[Any]]:
    """Topics of which more or fewer messages are understood, the greatest loss first."""
    found: list[tuple[str, float, float]] = []
    for intent in groups():
        before, after = (
            share(each.best == intent for each in judged if each.case.intent == intent)
            for judged in (old, new)
        )
        if before is not None and after is not None and before != after:
            found.append((intent, before, after))
    found.sort(key=lambda each: each[2] - each[1])
    some = found if len(found) <= MOST_TOPICS else [*found[:5], *found[-3:]]
    return [list(each) for each in some]


def improve(settings: Settings) -> int:
    """The exit code."""
    step_back()
    workshop = Workshop(settings.folder / "understanding")
    workshop.put_progress(Progress("training"))
    for path in workshop.folder.glob("unfinished-*"):  # of a training that was killed
        path.unlink()
    engine = open_engine(settings.database_url)
    with Session(engine) as session:
        examples = all_examples(session)
        session.expunge_all()
    engine.dispose()
    try:
        named = settings.environment.get("COMADRE_MODEL")
        trained = Training(workshop, examples, Path(named) if named else model_path()).run()
    except (TrainingFailed, OSError, ValueError, KeyError) as error:
        workshop.put_progress(Progress("failed"))
        say(str(error))
        return 1
    workshop.put_progress(Progress("done", 100))
    say(f"Trained and measured: {trained.figures}, before: {trained.before}")
    return 0
