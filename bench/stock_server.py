"""A stock Rasa that answers: its default pipeline and policies, its own Twilio channel.

Each intent is answered by one sentence of the domain: no action server, no database, no search, and
what was said is kept in memory alone, as Rasa does where nothing else is configured. So it does
less for a turn than ours. The model is trained for a moment on a part of the messages: that is
enough to see how fast it is, and says nothing of how often it is right (bench/stock.py does).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench import samples
from bot.commands.model import RASA_PYTHON
from bot.paths import DATA, ROOT
from bot.processes import die_with_parent
from bot.serve.supervisor import answers, free_port, say
from connectors.twins import CREDENTIALS

FOLDER = ROOT / "artefacts" / "bench"
OF_EACH, EPOCHS = 60, 1
FALLBACK = "nlu_fallback"
ANSWER = (
    "Esto es lo que se sabe de su pregunta. La ley del país dice que usted tiene este derecho, "
    "también sin papeles, y que nadie puede pedirle dinero por ello. Puede llamar a la oficina que "
    "atiende, de lunes a viernes, o ir con un documento."
)
READY_S = 400


def environment() -> dict[str, str]:
    """As a shell would give it: no threads fewer than Rasa takes by itself."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("COMADRE_", "OPENBLAS_"))}  # fmt: skip
    return {**kept, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore",
            "TF_CPP_MIN_LOG_LEVEL": "3"}  # fmt: skip


def _config() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(
        (ROOT / "bench" / "stock.yml").read_text(encoding="utf-8")
    )
    for component in config["pipeline"]:
        if component["name"] == "DIETClassifier":
            component["epochs"] = EPOCHS
    # What `rasa init` writes.
    config["policies"] = [{"name": "MemoizationPolicy"},
                          {"name": "TEDPolicy", "max_history": 5, "epochs": EPOCHS},
                          {"name": "RulePolicy"}]  # fmt: skip
    return config


def _intents() -> list[str]:
    groups = yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))["intents"]
    return [intent for names in groups.values() for intent in names]


def write_project(folder: Path) -> int:
    """What Rasa trains from; how many messages that are."""
    intents = _intents()
    responses = {f"utter_{each}": [{"text": ANSWER}] for each in (*intents, FALLBACK)}
    domain = {"version": "3.1", "intents": intents, "responses": responses}
    stories = [{"story": each, "steps": [{"intent": each}, {"action": f"utter_{each}"}]}
               for each in intents]  # fmt: skip
    rules = [{"rule": FALLBACK,
              "steps": [{"intent": FALLBACK}, {"action": f"utter_{FALLBACK}"}]}]  # fmt: skip
    (folder / "stories").mkdir(parents=True, exist_ok=True)
    for name, value in (
        ("config.yml", _config()), ("domain.yml", domain),
        ("stories/stories.yml", {"version": "3.1", "stories": stories, "rules": rules}),
    ):  # fmt: skip
        (folder / name).write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    some = samples.of_each(samples.messages(), OF_EACH)
    samples.write(some, folder)
    return len(some)


def ensure_model(folder: Path = FOLDER) -> Path:
    """Trained the first time: two or three minutes."""
    model = folder / f"stock-{OF_EACH}-{EPOCHS}.tar.gz"
    if model.exists():
        return model
    project = folder / "stock"
    many = write_project(project)
    say(f"Training a stock Rasa on {many} messages, {EPOCHS} epoch …")
    log = folder / "train.log"
    with log.open("wb") as out:
        done = subprocess.run(  # noqa: S603  # our own command
            [str(RASA_PYTHON), "-m", "rasa", "train", "--config", str(project / "config.yml"),
             "--domain", str(project / "domain.yml"), "--data", str(project / "nlu"),
             str(project / "stories"), "--out", str(folder), "--fixed-model-name",
             model.name.removesuffix(".tar.gz"), "--force"],
            cwd=project, env=environment(), check=False, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    if done.returncode or not model.exists():
        raise SystemExit(f"a stock Rasa could not be trained; see {log}")
    return model


@dataclass
class StockRasa:
    """Its server, on loopback; `api` is where it finds Twilio."""

    model: Path
    api: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook(self) -> str:
        """Where Twilio would post."""
        return f"{self.base}/webhooks/twilio/webhook"

    def begin(self) -> None:
        """Start it, at the same port each time."""
        self.port = self.port or free_port()
        credentials: Mapping[str, Any] = {"bench.stock_channel.TwilioHere": {
            "account_sid": CREDENTIALS["TWILIO_ACCOUNT_SID"],
            "auth_token": CREDENTIALS["TWILIO_AUTH_TOKEN"],
            "twilio_number": f"whatsapp:{CREDENTIALS['TWILIO_WHATSAPP_FROM']}", "api": self.api,
        }}  # fmt: skip
        path = self.folder / "credentials.yml"
        path.write_text(yaml.safe_dump(credentials), encoding="utf-8")
        with (self.folder / "stock.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                [str(RASA_PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port",
                 str(self.port), "--model", str(self.model), "--credentials", str(path)],
                cwd=self.folder, env=environment(), stdout=log, stderr=log,
                preexec_fn=die_with_parent,
            )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether its channel answers."""
        return answers(f"{self.base}/webhooks/twilio/")

    def start(self) -> float:
        """Seconds until it is ready."""
        started = time.monotonic()
        self.begin()
        while not self.is_ready():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() - started > READY_S:
                raise SystemExit(f"a stock Rasa did not start; see {self.folder / 'stock.log'}")
            time.sleep(0.2)
        return time.monotonic() - started

    def kill(self) -> None:
        """At this very instant."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
