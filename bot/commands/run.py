"""`make run`: everything, in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.commands.load import load
from bot.commands.meanings import ensure_meanings
from bot.commands.model import TrainingFailed, ensure_model
from bot.paths import ROOT
from bot.portal.first import first_login
from bot.serve.checks import rehearse, why_not
from bot.serve.supervisor import (
    Part,
    free_port,
    new_token,
    rasa_environment,
    rasa_part,
    say,
    supervise,
)
from bot.settings import SettingError, Settings, read_settings


def run() -> int:
    """The exit code for the shell."""
    try:
        settings = read_settings()
        host = settings.environment.get("COMADRE_HOST") or "127.0.0.1"
        # Before anything that takes minutes.
        trouble = why_not(host, settings.port)
        if trouble:
            say(trouble)
            return 1
        model = _model(settings)
        ensure_meanings()
        load(settings)
        office = back_office(settings)
    except (SettingError, TrainingFailed) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    base = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{settings.port}"  # noqa: S104  # compared only
    say("Starting …")
    rasa_port = free_port()
    return supervise(
        _parts(settings, model, rasa_port),
        {"Gateway": f"{base}/healthz", "Everything": f"{base}/readyz"},
        f"\nComadre is running.\n  chat simulator  {base}/\n  directory (API) {base}/api\n"
        f"  back office     {base}{office}\n"
        f"  state           {base}/readyz\n  metrics         {base}/metrics\nCtrl-C stops it.",
        lambda: rehearse(f"http://127.0.0.1:{rasa_port}"),
    )


def back_office(settings: Settings) -> str:
    """The path to print. In production what is printed goes into a log that stays, so no link
    that makes an administrator stands there."""
    if settings.environment.get("COMADRE_PRODUCTION"):
        return "/portal/ (the first administrator's link: run `python -m bot invite`)"
    return first_login(settings) or "/portal/"


def _model(settings: Settings) -> Path:
    """The model that COMADRE_MODEL names as it is, or the one for the present training data."""
    named = settings.environment.get("COMADRE_MODEL")
    if not named:
        return ensure_model()
    path = Path(named).absolute()
    if not path.is_file():
        raise SettingError(f"COMADRE_MODEL: expected a trained model's file, nothing at {path}")
    return path


def _parts(settings: Settings, model: Path, rasa_port: int) -> list[Part]:
    """Rasa, and the application that asks it."""
    actions_port, token = free_port(), new_token()
    tracker = settings.redis_url or str(settings.folder / "slots.db")
    log = settings.folder / "log"
    for_rasa = {
        **rasa_environment(ROOT, rasa_port, actions_port, token, tracker),
        # From `.env` too: both processes must forget at the same time.
        "COMADRE_RETENTION_S": str(settings.retention_s),
        "COMADRE_RETENTION_SENSITIVE_S": str(settings.retention_sensitive_s),
    }
    for_application = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "COMADRE_VAR": str(settings.folder),
        "COMADRE_RASA_URL": f"http://127.0.0.1:{rasa_port}",
        "COMADRE_RASA_TOKEN": token,
        "COMADRE_ACTIONS_PORT": str(actions_port),
    }
    return [
        rasa_part(ROOT, model, rasa_port, for_rasa, log / "rasa.log"),
        Part(
            "Application (gateway, worker, actions)", [sys.executable, "-m", "bot", "serve"],
            for_application, log / "application.log",
        ),
    ]  # fmt: skip
