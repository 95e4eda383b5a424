"""What a set-up command finds or does at a vendor, step by step; `bot/commands/setup.py` tells it.

A step's words never hold a secret or anybody's number: senders are named by their setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

# "differs" only where nothing may be changed (--check); "by hand" has no API; "note" needs nothing.
# "sent": given again because the vendor does not show what it has.
Mark = Literal["fits", "changed", "sent", "differs", "by hand", "note", "failed"]
TIMEOUT_S = 15
_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")
_WORDS = 200
_SECRET_NAMES = ("TOKEN", "SECRET", "KEY", "PASSWORD", "_FROM")
_SHORTEST = 6  # a shorter value would blot out words that are no secret
_RUN = 12  # so much of a secret is taken out where the rest is missing


@dataclass(frozen=True)
class Step:
    """One line of what is told."""

    mark: Mark
    words: str


class Trouble(Exception):
    """Ends the set-up: what it is about, what was expected, what came, what to do."""

    def __init__(self, about: str, expected: str, came: str, remedy: str) -> None:
        super().__init__(f"{about}: expected {expected}, got {came}. {remedy}")

    @property
    def step(self) -> Step:
        """To be told."""
        return Step("failed", str(self))


def quoted(text: object, env: Mapping[str, str]) -> str:
    """A vendor's words for a line of ours: short, without a secret of the settings or anything
    like a telephone number. Cut at the end: half a secret would not be known as one."""
    words = without_secrets(" ".join(str(text).split()), env)
    return _NUMBER.sub("…", words)[:_WORDS]


def without_secrets(words: str, env: Mapping[str, str]) -> str:
    """Each secret of the settings, and each longer part of one, as the setting's name."""
    for name, secret in _secrets(env):
        words = _without(words.replace(secret, f"<{name}>"), name, secret)
    return words


def _secrets(env: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for name, value in env.items():
        is_secret = any(part in name.upper() for part in _SECRET_NAMES)
        secret = value if is_secret else _password(value)
        if len(secret) >= _SHORTEST:
            found.append((name, secret))
    return sorted(found, key=lambda each: -len(each[1]))  # one may stand inside another


def _password(value: str) -> str:
    """Of an address such as the database's."""
    try:
        return urlsplit(value).password or ""
    except ValueError:
        return ""


def _without(words: str, name: str, secret: str) -> str:
    start = 0
    while start + _RUN <= len(words):
        end = start + _RUN
        if words[start:end] not in secret:
            start += 1
            continue
        while end < len(words) and words[start : end + 1] in secret:
            end += 1
        words = f"{words[:start]}<{name}>{words[end:]}"
        start += len(name) + 2
    return words


def place(address: object) -> str:
    """Host and path of an address that is replaced; its query or user may hold a secret."""
    try:
        parts = urlsplit(str(address or ""))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{host}{port}{_NUMBER.sub('…', parts.path)}" if host else "none"


def in_place_of(old: object, new: str, what: str = "") -> list[str]:
    """To be told, where an address of somebody else's is replaced."""
    return [f"{what}in place of {place(old)}"] if old and old != new else []


def settle(
    what: str, fits: bool, check: bool, change: Callable[[], object], lost: Sequence[str] = ()
) -> Step:
    """Changes what does not fit, unless it is only looked at; `lost`: what goes by that."""
    if fits:
        return Step("fits", what)
    if lost:
        what = f"{what} ({'; '.join(lost)})"
    if check:
        return Step("differs", what)
    change()
    return Step("changed", what)


def differing(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is wanted: what is not there so."""
    return {name: value for name, value in wanted.items() if there.get(name) != value}


def required(names: tuple[str, ...], command: str) -> None:
    """Raises Trouble where settings are missing."""
    if names:
        raise Trouble(
            "settings", f"{', '.join(names)} in the environment or .env", "nothing",
            f"See docs/settings.md, then run `{command}` again.",
        )  # fmt: skip


def public_url(env: Mapping[str, str], base_setting: str) -> str:
    """Where the vendor reaches us; only a stand-in on this machine may call plain HTTP."""
    port = env.get("COMADRE_PORT") or "8000"
    url = (env.get("COMADRE_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    if url.startswith("https://") or (url.startswith("http://") and env.get(base_setting)):
        return url
    raise Trouble(
        "COMADRE_PUBLIC_URL", "the https:// address under which the vendor reaches this gateway",
        url, "Set it to the address of your TLS proxy; signatures are checked against it too.",
    )  # fmt: skip
