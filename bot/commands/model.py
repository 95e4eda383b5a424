"""The trained model: whether it still fits its inputs, and training it in Rasa's environment."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.paths import MODELS, ROOT
from bot.processes import die_with_parent
from bot.serve.supervisor import rasa_environment, say

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# Whatever changes what is learnt or what happens with it.
_INPUTS = ("config.yml", "domain.yml", "requirements/rasa.txt")
_FOLDERS = (("data/nlu", "*.yml"), ("data/follow_ups", "*.yml"), ("data/stories", "*.yml"),
            ("data/lexicon", "*.yml"), ("bot/nlu", "*.py"))  # fmt: skip


class TrainingFailed(Exception):
    """Rasa could not train; the message holds its last lines."""


def _inputs(root: Path) -> Iterator[Path]:
    yield from (root / name for name in _INPUTS)
    for folder, pattern in _FOLDERS:
        for path in sorted((root / folder).rglob(pattern)):
            # Places come from lists and rules at run time; nothing of them is in the model.
            if not path.name.startswith(("place", "lexicon")):
                yield path


def fingerprint(root: Path = ROOT) -> str:
    """A name for the present state of everything that the model is made from."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model for the present inputs lies, or would lie."""
    return MODELS / f"comadre-{fingerprint()}.tar.gz"


def ensure_model() -> Path:
    """The model for the present inputs; trains it first if it is not there."""
    path = model_path()
    if path.exists():
        return path
    say("Training the understanding (a few minutes on two cores) …")
    started = time.monotonic()
    train_as(path)
    seconds = time.monotonic() - started
    _note(path).write_text(f"{seconds:.0f}", encoding="utf-8")
    say(f"  trained in {seconds:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
    for old in MODELS.glob("comadre-*"):
        if old not in (path, _note(path)):
            old.unlink()
    return path


def _note(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".tar.gz") + ".seconds")


def training_seconds(path: Path) -> int | None:
    """How long the training of this model took, where it was trained on this machine."""
    note = _note(path)
    return int(note.read_text(encoding="utf-8")) if note.exists() else None


def train_as(path: Path, more: Sequence[Path] = ()) -> None:
    """Into `path`, from our own training data and folders with more of it. Under another name
    first: a training that is cut off must not leave half an archive. Raises TrainingFailed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cache = {"RASA_CACHE_DIRECTORY": str(path.parent / "cache")} if more else {}
    environment = rasa_environment(ROOT, 0, 0, "", "") | cache
    unfinished = path.with_name(f"unfinished-{os.getpid()}.tar.gz")
    command = [
        str(RASA_PYTHON), "-m", "bot.rasa.light", "train", "--data", "data/nlu", "data/stories",
        *map(str, more), "--out", str(path.parent),
        "--fixed-model-name", unfinished.name.removesuffix(".tar.gz"),
        "--force",  # Rasa's own cache does not see that our code has changed
    ]  # fmt: skip
    try:
        with subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=ROOT, env=environment, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=die_with_parent,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            try:
                lines = [line.rstrip() for line in _shown(process.stdout)]
            except BaseException:  # Ctrl-C: nobody waits for the end of a training
                process.kill()
                raise
        if process.returncode or not unfinished.exists():
            raise TrainingFailed("Rasa could not train the model:\n" + "\n".join(lines[-25:]))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _shown(lines: Iterator[str]) -> Iterator[str]:
    """Pass Rasa's lines on, so that a long wait shows its progress."""
    for line in lines:
        if "training component" in line:
            print(f"  {line[:19]} {line.split(' - ')[-1].rstrip()}", file=sys.stderr, flush=True)
        yield line
