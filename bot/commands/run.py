"""`make run`: everything, in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
import sys

from bot.commands.load import load
from bot.commands.model import TrainingFailed, ensure_model
from bot.paths import ROOT
from bot.serve.supervisor import (
    Part,
    free_port,
    new_token,
    rasa_environment,
    rasa_part,
    say,
    supervise,
)
from bot.settings import SettingError, read_settings

VAR = ROOT / "var"


def run() -> int:
    """The exit code for the shell."""
    try:
        settings = read_settings(folder=VAR)
        model = ensure_model()
    except (SettingError, TrainingFailed) as error:
        say(str(error))
        return 1
    load(settings)
    rasa_port, actions_port, token = free_port(), free_port(), new_token()
    tracker = settings.redis_url or str(VAR / "slots.db")
    rasa = rasa_part(
        ROOT, model, rasa_port,
        rasa_environment(ROOT, rasa_port, actions_port, token, tracker), VAR / "log" / "rasa.log",
    )  # fmt: skip
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "COMADRE_RASA_URL": f"http://127.0.0.1:{rasa_port}",
        "COMADRE_RASA_TOKEN": token,
        "COMADRE_ACTIONS_PORT": str(actions_port),
    }
    application = Part(
        "Application (gateway, worker, actions)", [sys.executable, "-m", "bot", "serve"],
        environment, VAR / "log" / "application.log",
    )  # fmt: skip
    base = f"http://127.0.0.1:{settings.port}"
    say("Starting …")
    ready = {"Gateway": f"{base}/healthz", "Everything": f"{base}/readyz"}
    greeting = (
        f"\nComadre is running.\n  chat simulator  {base}/\n  state           {base}/readyz\n"
        f"  metrics         {base}/metrics\nCtrl-C stops it."
    )
    return supervise([rasa, application], ready, greeting)
