"""`make run`: everything, in the foreground, until Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import MutableSequence
from dataclasses import dataclass
from pathlib import Path

from bot.commands.model import TrainingFailed, ensure_model, fingerprint
from bot.improving.workshop import Workshop
from bot.paths import ROOT
from bot.serve.checks import rehearse, why_not
from bot.serve.keeper import Keeper, model_at_start
from bot.serve.supervisor import (
    Part,
    answers,
    free_port,
    new_token,
    rasa_environment,
    rasa_part,
    say,
    supervise,
)
from bot.settings import SettingError, Settings, for_child, read_settings


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
        own = _model(settings)
        workshop = Workshop(settings.folder / "understanding")
        is_named = bool(settings.environment.get("COMADRE_MODEL"))  # then that one, whatever else
        model = model_at_start(workshop, own, "" if is_named else fingerprint())
        say("Starting …")
        rasa_port, actions_port, token = free_port(), free_port(), new_token()
        ways = Ways(settings, actions_port, token)
        rasa = ways.rasa(model, rasa_port)
        office = _prepare(ways, rasa)
    except (SettingError, TrainingFailed) as error:
        say(str(error))
        return 1
    except NotPrepared:
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    base = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{settings.port}"  # noqa: S104  # compared only
    address = workshop.folder / "address"
    address.unlink(missing_ok=True)  # of the last run
    parts = [rasa, ways.application(rasa_port, address)]
    keeper = ways.keeper(workshop, parts, address, own)
    return supervise(
        parts,
        {"Gateway": f"{base}/healthz", "Everything": f"{base}/readyz"},
        f"\nComadre is running.\n  chat simulator  {base}/\n  directory (API) {base}/api\n"
        f"  back office     {base}{office}\n"
        f"  state           {base}/readyz\n  metrics         {base}/metrics\nCtrl-C stops it.",
        lambda: ways.rehearse(f"http://127.0.0.1:{rasa_port}"), keeper.tick, keeper.stop,
    )  # fmt: skip


PREPARE = (sys.executable, "-m", "bot.commands.prepare")


class NotPrepared(Exception):
    """It has been said why."""


def _prepare(ways: Ways, rasa: Part) -> str:
    """Begins Rasa, which reads its model for as long as the rest takes: what statements answer,
    the database, the back office, whose path it returns. Raises NotPrepared."""
    rasa.start()
    try:
        with subprocess.Popen(  # noqa: S603  # our own command
            PREPARE, env=ways.own(), cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as child:  # fmt: skip
            try:
                office = child.communicate()[0]
            finally:
                child.kill()
        if child.returncode:
            raise NotPrepared
        return office.strip()
    except BaseException:  # Ctrl-C as well: nothing of ours stays
        rasa.stop()
        raise


def back_office(settings: Settings) -> str:
    """The path to print. In production what is printed goes into a log that stays, so no link
    that makes an administrator stands there."""
    if settings.environment.get("COMADRE_PRODUCTION"):
        return "/portal/ (the first administrator's link: run `python -m bot invite`)"
    from bot.portal.first import first_login  # as in _prepare

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


@dataclass
class Ways:
    """How each process is begun: who they are to each other, and what they may see."""

    settings: Settings
    actions_port: int
    token: str

    def rasa(self, model: Path, port: int, name: str = "rasa") -> Part:
        """With that model, at that port."""
        settings = self.settings
        tracker = settings.redis_url or str(settings.folder / "slots.db")
        environment = {
            **rasa_environment(ROOT, port, self.actions_port, self.token, tracker),
            # From `.env` too: both processes must forget at the same time.
            "COMADRE_RETENTION_S": str(settings.retention_s),
            "COMADRE_RETENTION_SENSITIVE_S": str(settings.retention_sensitive_s),
        }
        return rasa_part(ROOT, model, port, environment, settings.folder / "log" / f"{name}.log")

    def another_rasa(self, model: Path) -> tuple[Part, str]:
        """Beside the one that answers: its log must not cut the other one's."""
        port = free_port()
        return self.rasa(model, port, f"rasa-{model.name.partition('.')[0]}"), (
            f"http://127.0.0.1:{port}"
        )

    def application(self, rasa_port: int, address: Path) -> Part:
        """The application that asks Rasa."""
        environment = self.own(
            COMADRE_RASA_URL=f"http://127.0.0.1:{rasa_port}",
            COMADRE_RASA_ADDRESS=str(address),
            COMADRE_RASA_TOKEN=self.token,
            COMADRE_ACTIONS_PORT=str(self.actions_port),
        )
        return self._part("Application (gateway, worker, actions)", "serve", environment,
                          "application")  # fmt: skip

    def training(self) -> Part:
        """A training that the back office asked for."""
        return self._part("Training", "improve", self.own(), "training")

    def _part(self, name: str, command: str, environment: dict[str, str], log: str) -> Part:
        path = self.settings.folder / "log" / f"{log}.log"
        return Part(name, [sys.executable, "-m", "bot", command], environment, path)

    def own(self, **values: str) -> dict[str, str]:
        """What a process of ours is told."""
        return for_child(
            {"PYTHONPATH": str(ROOT), "COMADRE_VAR": str(self.settings.folder), **values}
        )

    def keeper(self, workshop: Workshop, parts: MutableSequence[Part], address: Path,
               base: Path) -> Keeper:  # fmt: skip
        """Who trains and changes models while all of it runs."""
        return Keeper(workshop, parts, address, self.another_rasa, self.training, base, answers,
                      self.rehearse)  # fmt: skip

    def rehearse(self, rasa_url: str) -> str | None:
        """What is wrong with that Rasa, as checks.py finds it."""
        return rehearse(rasa_url, self.token)
