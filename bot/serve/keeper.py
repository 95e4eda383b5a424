"""What `make run` does for the back office: it trains when asked, and brings another model in.

Another model comes in a Rasa of its own, at a port of its own. Only when that one has answered is
its address written down for the application, and the former Rasa ends once its last turns are
over. So no turn finds nobody, and a model that answers nothing never gets a turn.

Called again and again by the supervisor's own thread: children must be begun there, because they
end with the thread that began them. Standard library alone, like the supervisor.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.improving.workshop import BASE, Progress, Standing, Workshop
from bot.serve.supervisor import Part

READY_S = 120.0  # to start and answer, on a machine that is busy
LINGER_S = 30.0  # longer than any turn may take


@dataclass
class Newcomer:
    """A Rasa with another model that does not answer women yet."""

    part: Part
    url: str
    number: int
    since: float
    trial: threading.Thread | None = None
    trouble: str | None = "untried"


@dataclass
class Keeper:
    """`parts` are the supervisor's, Rasa's the first. `new_rasa` makes one that is not begun yet;
    `is_up` and `try_out` ask it at its address: the latter says what is wrong."""

    workshop: Workshop
    parts: MutableSequence[Part]
    address: Path
    new_rasa: Callable[[Path], tuple[Part, str]]
    new_training: Callable[[], Part]
    base: Path
    is_up: Callable[[str], bool]
    try_out: Callable[[str], str | None]
    clock: Callable[[], float] = time.monotonic
    training: Part | None = None
    newcomer: Newcomer | None = None
    leaving: list[tuple[Part, float]] = field(default_factory=list)
    untold: Standing | None = None  # a trouble that could not be written down yet

    def tick(self) -> None:
        """Look, do one step, return at once. A disk that is full, say, must not end the answers."""
        with contextlib.suppress(OSError, ValueError):
            self._step()

    def _step(self) -> None:
        self._dismiss()
        self._look_after_training()
        self._tell()
        if self.newcomer is not None:
            self._look_after_newcomer(self.newcomer)
        elif wish := self.workshop.take_wish():
            self._begin(*wish)
        elif self.training is None and self.workshop.progress.step == "waiting":
            self._begin_training()

    def stop(self) -> None:
        """Everything that the supervisor does not know of ends."""
        parts = [self.training, self.newcomer.part if self.newcomer else None]
        for part in [*parts, *(each for each, _ in self.leaving)]:
            if part is not None:
                part.stop()

    def _begin(self, what: str, number: int) -> None:
        if what != "use" or number == self.workshop.standing.present:
            return
        if self.workshop.is_outdated(number):
            return
        path = self.base if number == BASE else self.workshop.model(number)
        standing = self.workshop.standing
        if not path.exists():
            return self._note_trouble(standing)
        try:
            self.workshop.put_standing(replace(standing, wanted=number, trouble=""))
            part, url = self.new_rasa(path)
            part.start()
        except OSError:
            return self._note_trouble(standing)
        self.newcomer = Newcomer(part, url, number, self.clock())

    def _begin_training(self) -> None:
        self.workshop.put_progress(Progress("training"))
        try:
            part = self.new_training()
            part.start()
        except OSError:
            return self.workshop.put_progress(Progress("failed"))
        self.training = part

    def _look_after_training(self) -> None:
        if self.training is None or self.training.ended is None:
            return
        self.training.stop()
        progress = self.workshop.progress
        # It was ended from outside, perhaps for its memory; "waiting" is a wish for the next one.
        if progress.is_busy and progress.step != "waiting":
            self.workshop.put_progress(Progress("failed"))
        self.training = None

    def _look_after_newcomer(self, new: Newcomer) -> None:
        if new.trial is not None and not new.trial.is_alive():
            self._bring_in(new) if new.trouble is None else self._give_up(new)
        elif new.part.ended is not None or self.clock() - new.since > READY_S:
            self._give_up(new)
        elif new.trial is None and self.is_up(new.url):
            new.trial = threading.Thread(target=self._try_out, args=(new,), daemon=True)
            new.trial.start()

    def _try_out(self, new: Newcomer) -> None:
        new.trouble = self.try_out(new.url)

    def _bring_in(self, new: Newcomer) -> None:
        before = self.workshop.standing
        try:
            self.workshop.put_standing(Standing(new.number, before.present))
            part = self.address.with_name(self.address.name + ".part")
            part.write_text(new.url, encoding="ascii")
            part.replace(self.address)
        except OSError:
            return self._give_up(new, before)
        self.leaving.append((self.parts[0], self.clock() + LINGER_S))
        self.parts[0] = new.part
        self.newcomer = None
        self.workshop.tidy()

    def _give_up(self, new: Newcomer, before: Standing | None = None) -> None:
        new.part.stop()
        self.newcomer = None
        self._note_trouble(before or self.workshop.standing)

    def _note_trouble(self, standing: Standing) -> None:
        """The model of `standing` goes on. Where that cannot be written, it is at a later look."""
        self.untold = replace(standing, wanted=None, trouble="silent")
        self._tell()

    def _tell(self) -> None:
        if self.untold is not None:
            self.workshop.put_standing(self.untold)
            self.untold = None

    def _dismiss(self) -> None:
        """Who was followed by another ends once no turn can be left with it."""
        for part, until in [each for each in self.leaving if self.clock() >= each[1]]:
            self.leaving.remove((part, until))
            part.stop()


def model_at_start(workshop: Workshop, base: Path, inputs: str) -> Path:
    """The model that was chosen in the back office, if it fits this version of the program; and
    what was going on when the program last ended is over. No `inputs`: a model was named for this
    run, and the choice waits for the next one without."""
    workshop.put_inputs(inputs)
    standing = workshop.standing
    if workshop.progress.is_busy:
        workshop.put_progress(Progress("failed"))
    workshop.take_wish()
    trained = workshop.trained(standing.present)
    is_fit = trained is not None and trained.inputs == inputs
    if inputs and standing.present != BASE and not is_fit:
        workshop.put_standing(Standing(trouble="outdated"))
    elif standing.wanted is not None:
        workshop.put_standing(replace(standing, wanted=None))
    return workshop.model(standing.present) if inputs and is_fit else base
