"""`make parse`: hands stdin and stdout to the trained model in Rasa's environment."""

from __future__ import annotations

import subprocess

from bot.commands.model import RASA_PYTHON, TrainingFailed, ensure_model
from bot.paths import ROOT
from bot.serve.supervisor import rasa_environment, say


def parse() -> int:
    """The exit code."""
    try:
        model = ensure_model()
    except TrainingFailed as error:
        say(str(error))
        return 1
    command = [str(RASA_PYTHON), "-m", "bot.rasa.parse", str(model)]
    environment = rasa_environment(ROOT, 0, 0, "", "")
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
