"""Settings from files or the environment, read once, typed; docs/settings.md lists them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.paths import ROOT

DAY_S = 86_400
SENSITIVE_S = 2 * 3_600
MOST_EPSILON = 0.42  # for each of the fourteen tables of conversations; a month's budget is 6


_OURS = ("COMADRE_", "TELEGRAM_", "TWILIO_", "WHATSAPP_")
_LINES = "comadre.env"  # that file in a folder of secrets holds many


class SettingError(ValueError):
    """A setting cannot be used; the message names it, and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations."""

    database_url: str
    secret_key: bytes = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: str = field(default="", repr=False)
    actions_port: int = 5055
    metrics_port: int = 0  # 0: health and metrics stand only where the gateway is
    log_format: str = "text"
    traces_url: str = ""  # where an OpenTelemetry collector takes them; empty: none are made
    redis_url: str = ""
    rasa_timeout_s: float = 4.0
    report_people: int = 3  # so many women within report_days hide a number that fails
    report_days: int = 60
    figures_threshold: int = 10  # fewer conversations than that are never shown
    figures_epsilon: float | None = None  # noise in place of leaving out; needs the package opendp
    unanswered: bool = False  # whether redacted questions without an answer are kept, for 30 days
    unanswered_people: int = 10  # so many different women must ask alike before anybody sees it
    most_by_sender: int = 60  # messages within ten minutes that are answered as any; 0: all
    reminders: bool = False  # whether organisations whose services are due get a mail
    rasa_urgent_timeout_s: float = 1.2  # the same for plain emergencies
    retention_s: int = DAY_S  # after her last message everything of the conversation goes
    retention_sensitive_s: int = SENSITIVE_S  # the same where she spoke of violence or danger
    folder: Path = ROOT / "var"  # database, Rasa's memory, logs, the secret made on the first run
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_environment(path: Path = ROOT / ".env") -> dict[str, str]:
    """The process's environment over a folder of secrets over the lines `NAME=value` of `.env`.

    In an environment a secret is seen by every child and by whoever may look at the process; in a
    file only by whoever may open that. So what holds a secret may come from one: `NAME_FILE` says
    where, or it lies in the folder that systemd, Docker or Kubernetes hands out. In each of the
    three places by itself: what the environment says wins over a file that `.env` names.
    """
    values = _with_files(_lines(path)) if path.exists() else {}
    for name in ("CREDENTIALS_DIRECTORY", "COMADRE_SECRETS_FOLDER"):  # the first is systemd's
        if os.environ.get(name):
            values |= _with_files(_of_folder(name, Path(os.environ[name])))
    return values | _with_files(dict(os.environ))


def for_child(values: Mapping[str, str]) -> dict[str, str]:
    """Our environment with `values`, also where a file would say the same."""
    kept = {name: value for name, value in os.environ.items()
            if name.removesuffix("_FILE") not in values}  # fmt: skip
    return {**kept, **values}


def _lines(path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in _text(path.name, path).splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.lstrip().startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    return values


def _of_folder(name: str, folder: Path) -> dict[str, str]:
    """Each file is a setting of its name, but for the one that holds lines."""
    if not folder.is_dir():
        raise SettingError(f"{name}: expected a folder, nothing at {folder}")
    values = _lines(folder / _LINES) if (folder / _LINES).is_file() else {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(_OURS) and path.is_file():
            values[path.name] = _text(path.name, path)
    return values


def _with_files(values: dict[str, str]) -> dict[str, str]:
    """What `NAME_FILE` leads to, as `NAME`."""
    for pointer in [each for each in values if each.startswith(_OURS) and each.endswith("_FILE")]:
        name = pointer.removesuffix("_FILE")
        if values.get(name):
            raise SettingError(f"{name}: set twice, also by {pointer}; leave one of them out")
        if not values[pointer]:
            raise SettingError(f"{pointer}: expected a file's path, it is empty")
        values[name] = _text(pointer, Path(values[pointer]))
    return values


def _text(name: str, path: Path) -> str:
    """A secret's file, without the line's end that editors and `echo` put there."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{name}: cannot read {path} ({getattr(error, 'strerror', None) or 'no text'})"
        ) from error


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(env.get(name) or default)
    except ValueError as error:
        raise SettingError(f"{name}: expected a number, got {env[name]!r}") from error


def _within(env: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    value = _number(env, name, default)
    if not least <= value <= most:
        raise SettingError(f"{name}: expected {least:g} to {most:g}, got {value:g}")
    return value


def _one_of(env: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    """The first of `values` where nothing is set."""
    value = env.get(name) or values[0]
    if value not in values:
        raise SettingError(f"{name}: expected {' or '.join(values)}, got {value!r}")
    return value


def _on(env: Mapping[str, str], name: str) -> bool:
    return _one_of(env, name, ("off", "on")) == "on"


def _secret(env: Mapping[str, str], folder: Path) -> bytes:
    text = env.get("COMADRE_SECRET_KEY", "")
    if not text:
        if env.get("COMADRE_PRODUCTION"):
            raise SettingError(
                "COMADRE_SECRET_KEY: required in production; make one with "
                "`python3 -c 'import secrets; print(secrets.token_hex(32))'`"
            )
        path = folder / "secret.key"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # Made with its final mode: nobody else may read it even for an instant.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        text = path.read_text(encoding="utf-8").strip()
    if len(text) < 32:
        raise SettingError("COMADRE_SECRET_KEY: expected at least 32 characters")
    return text.encode()


def _refuse_clear(env: Mapping[str, str]) -> None:
    """In production nothing of hers leaves the machine, or a network of its containers, unencrypted
    or to whom we do not know. A name without a dot is such a container's."""
    if not env.get("COMADRE_PRODUCTION"):
        return
    database = urlsplit(env.get("COMADRE_DATABASE_URL", ""))
    asked = {name: values[-1] for name, values in parse_qs(database.query).items()}
    if _is_far(asked.get("host") or database.hostname) and asked.get("sslmode") != "verify-full":
        raise SettingError(
            "COMADRE_DATABASE_URL: that database is on another machine; add `?sslmode=verify-full` "
            "(and `&sslrootcert=…`, the file of its authority, or `system`)"
        )
    memory = urlsplit(env.get("COMADRE_REDIS_URL", ""))
    if _is_far(memory.hostname) and memory.scheme != "rediss":
        raise SettingError("COMADRE_REDIS_URL: that Redis is on another machine; use rediss://")
    rasa = urlsplit(env.get("COMADRE_RASA_URL", ""))
    if _is_far(rasa.hostname) and rasa.scheme != "https":
        raise SettingError("COMADRE_RASA_URL: that Rasa is on another machine; use https://")


def _is_far(host: str | None) -> bool:
    if not host or host.startswith("/") or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return "." in host


def read_settings(env: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Settings from `env` (default: environment and `.env`); raises SettingError."""
    env = read_environment() if env is None else env
    folder = folder or Path(env.get("COMADRE_VAR") or ROOT / "var").absolute()
    _refuse_clear(env)
    port = int(_number(env, "COMADRE_PORT", 8000))
    return Settings(
        database_url=env.get("COMADRE_DATABASE_URL") or f"sqlite:///{folder / 'comadre.db'}",
        secret_key=_secret(env, folder),
        public_url=(env.get("COMADRE_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        rasa_url=env.get("COMADRE_RASA_URL", "http://127.0.0.1:5005"),
        rasa_token=env.get("COMADRE_RASA_TOKEN", ""),
        actions_port=int(_number(env, "COMADRE_ACTIONS_PORT", 5055)),
        metrics_port=int(_number(env, "COMADRE_METRICS_PORT", 0)),
        log_format=_one_of(env, "COMADRE_LOG", ("text", "json")),
        traces_url=env.get("COMADRE_TRACES", ""),
        redis_url=env.get("COMADRE_REDIS_URL", ""),
        rasa_timeout_s=_number(env, "COMADRE_RASA_TIMEOUT_S", 4.0),
        rasa_urgent_timeout_s=_number(env, "COMADRE_RASA_URGENT_TIMEOUT_S", 1.2),
        most_by_sender=int(_within(env, "COMADRE_MOST_BY_SENDER", 60, 0, 100_000)),
        report_people=int(_number(env, "COMADRE_REPORT_PEOPLE", 3)),
        report_days=int(_number(env, "COMADRE_REPORT_DAYS", 60)),
        figures_threshold=int(_within(env, "COMADRE_FIGURES_THRESHOLD", 10, 3, 1_000)),
        figures_epsilon=_within(env, "COMADRE_FIGURES_EPSILON", 0.0, 0, MOST_EPSILON) or None,
        unanswered=_on(env, "COMADRE_UNANSWERED"),
        unanswered_people=int(_within(env, "COMADRE_UNANSWERED_PEOPLE", 10, 5, 1_000)),
        reminders=_on(env, "COMADRE_REMINDERS"),
        retention_s=int(_within(env, "COMADRE_RETENTION_S", DAY_S, 1, DAY_S)),
        retention_sensitive_s=int(
            _within(env, "COMADRE_RETENTION_SENSITIVE_S", SENSITIVE_S, 1, SENSITIVE_S)
        ),
        folder=folder,
        environment=dict(env),
    )
