"""Posts to webhooks that nobody has recorded: payloads with junk in them, junk, forgeries.

Each has a number, and the same number with the same seed is the same post again. Whether one bears
its vendor's proof is decided here, by the twins' own reading of the vendors' rules.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.paths import ROOT
from connectors import registry
from connectors.contract import Request
from connectors.telegram import twin as telegram
from connectors.twilio import twin as twilio
from connectors.web import twin as web
from connectors.whatsapp import twin as whatsapp

Make = Callable[..., Request]  # body, settings, url
_POSTS: Mapping[str, Make] = {
    "twilio": twilio.post, "telegram": telegram.post, "whatsapp": whatsapp.post, "web": web.post,
}  # fmt: skip
_WORDS = (
    "", " ", "hola", "¿Dónde hay un albergue?", "me pega", "ALTO", "1", "/start", "/greet{}",
    "\U0001f469\u200d\U0001f467", "ñ" * 330, "\x00", "\x1b[2J", "\u202eadios", "\ud800", "\ufeff",
    "9" * 400, "sm'; --", "null", "+50370000001", "whatsapp:+50370000001", "rcs:+50370000001",
    "SV.13491208655302741918", "\u0661\u0662", "audio/ogg", "reaction", "system", "edit", "group",
    "private", "failed", "%zz", "a=b&c=d",
)  # fmt: skip
_NUMBERS = (
    0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 0.5, 1e308, float("nan"), float("inf"),
    -float("inf"), 91.0, 181.0, 1_780_000_000,
)  # fmt: skip
_EMPTY: tuple[Any, ...] = (None, True, False, [], {}, [{}], [[]], {"a": {"b": []}})
_JUNK: tuple[Any, ...] = (*_WORDS, *_NUMBERS, *_EMPTY)
MANY_FIELDS = 20_000


@dataclass(frozen=True)
class Target:
    """A webhook, its settings, and what has been recorded of its vendor."""

    name: str
    path: str
    settings: Any = field(repr=False)
    payloads: tuple[Any, ...] = field(repr=False)
    public_url: str = ""

    @property
    def url(self) -> str:
        """The address that the vendor signs."""
        return f"{self.public_url}{self.path}"

    def signed(self, body: bytes) -> Request:
        """As the vendor posts it."""
        return _POSTS[self.name](body, self.settings, self.url)

    def proves(self, request: Request) -> bool:
        """Whether the vendor could have sent it."""
        given = request.headers
        if self.name == "web":
            own = given.get("sec-fetch-site", "same-origin") == "same-origin"
            own &= given.get("origin", self.public_url) == self.public_url
            return own and given.get("content-type", "").startswith("application/json")
        proof = next((k for k in given if k.startswith("x-")), "")
        return bool(proof) and given[proof] == self.signed(request.body).headers[proof]


@dataclass(frozen=True)
class Input:
    """One post, and whether its vendor could have sent it."""

    number: int
    target: Target
    request: Request = field(repr=False)
    is_proven: bool


def targets(env: Mapping[str, str]) -> tuple[Target, ...]:
    """Every webhook, also those for delivery reports."""
    found = []
    for name in registry.NAMES:
        handler = registry.handler(name)
        settings = handler.from_environment(env)
        folder = ROOT / "connectors" / name / "payloads"
        payloads = tuple(map(_read, sorted(folder.glob("*.json"))))
        for path in {handler.path or "/simulator/message", handler.status_path}:
            if path:
                url = env["COMADRE_PUBLIC_URL"]
                found.append(Target(name, path, settings, payloads, url))
    return tuple(sorted(found, key=lambda each: each.path))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def make(targets: tuple[Target, ...], seed: int, number: int) -> Input:
    """The post with this number."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  # repeatable
    target = chance.choice(targets)
    request = target.signed(_body(chance, target, number))
    if chance.random() < 0.5:
        return Input(number, target, request, is_proven=True)
    forged = _forged(chance, target, request)
    return Input(number, target, forged, target.proves(forged))


def _body(chance: random.Random, target: Target, number: int) -> bytes:
    way = chance.random()
    payload = _fresh(chance.choice(target.payloads), number) if way < 0.97 else _junk(chance, 3)
    for _ in range(chance.randrange(4)):
        payload = _changed(chance, payload)
    try:
        body = _encoded(chance, target, payload)
    except (UnicodeEncodeError, TypeError, ValueError):
        body = repr(payload).encode("utf-8", "replace")
    return _spoilt(chance, body) if way < 0.15 else body


def _fresh(value: Any, number: int) -> Any:
    """A payload with ids of its own, so that it is no repetition."""
    if isinstance(value, dict):
        return {k: number + 1 if k == "update_id" else _fresh(v, number) for k, v in value.items()}
    if isinstance(value, list):
        return [_fresh(each, number) for each in value]
    if isinstance(value, str) and value.startswith("wamid."):
        return f"{value}{number}"
    if isinstance(value, str) and value.startswith("SM") and len(value) == 34:
        return f"SM{number:032}"
    return f"m{number}" if value == "m1" else value


def _changed(chance: random.Random, value: Any) -> Any:
    """`value` with junk in the place of a part, or without one."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _changed(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.9:
        if chance.random() < 0.1:
            return value * chance.randint(2, 5)
        place = chance.randrange(len(value))
        return [*value[:place], _changed(chance, value[place]), *value[place + 1 :]]
    return _junk(chance, 2)


def _junk(chance: random.Random, depth: int) -> Any:
    if depth and chance.random() < 0.2:
        return {chance.choice(_WORDS[:20]): _junk(chance, depth - 1) for _ in range(3)}
    return chance.choice(_JUNK)


def _encoded(chance: random.Random, target: Target, payload: Any) -> bytes:
    if target.name != "twilio":
        ascii_only = chance.random() < 0.5
        return json.dumps(payload, ensure_ascii=ascii_only).encode("utf-8")
    if not isinstance(payload, dict):
        return str(payload).encode("utf-8", "replace")
    fields = [(k, v if isinstance(v, str) else str(v)) for k, v in payload.items()]
    if fields and chance.random() < 0.05:
        fields += [(chance.choice(fields)[0], "otra") for _ in range(chance.randint(1, 5))]
    return urlencode(fields).encode()


def _spoilt(chance: random.Random, body: bytes) -> bytes:
    """Bytes that were lost, changed, or are somebody else's."""
    place = chance.randrange(len(body) + 1)
    rest = body[place + chance.randrange(4) :]
    kind = chance.randrange(6)
    if kind == 0:
        return body[:place]
    if kind == 1:
        return body[:place] + chance.randbytes(chance.randint(1, 8)) + rest
    if kind == 2:
        return chance.randbytes(chance.randrange(200))
    if kind == 3:
        return chance.choice((b"[", b'{"a":')) * chance.choice((10, 2_000, 50_000))
    if kind == 4:
        return body[:place] + b"9" * chance.choice((20, 400, 5_000)) + rest
    return body[:place] + chance.choice((b"\xff\xfe", b"\x00", b"&", b"=", b"%00", b'"')) + rest


def _forged(chance: random.Random, target: Target, request: Request) -> Request:
    """What somebody posts who does not know the secret, or has one real post in his hands."""
    headers, kind = dict(request.headers), chance.randrange(9)
    proof = next((k for k in headers if k.startswith(("x-", "sec-"))), "")
    good = headers[proof]
    if kind == 0:
        del headers[proof]
        headers |= {"origin": "https://elsewhere.example"}
    elif kind == 1:
        headers[proof] = chance.choice(
            ("", " ", "null", "sha256=", "cross-site", "ñ\u00ff", "A" * 28)
        )
    elif kind == 2:
        headers[proof] = good[: chance.randrange(len(good))]
    elif kind == 3:
        place = chance.randrange(len(good))
        headers[proof] = good[:place] + chance.choice("abcXYZ019=+/") + good[place + 1 :]
    elif kind == 4:
        headers[proof] = chance.choice((good.swapcase(), f" {good} ", good + "=", good * 2))
    elif kind == 5:
        headers[proof] = str(chance.getrandbits(160))
    elif kind == 6 and target.name != "web":
        return replace(request, body=_spoilt(chance, request.body))
    elif kind == 7 and target.name == "twilio" and chance.random() < 0.01:
        many = b"&".join(b"a%d=" % n for n in range(MANY_FIELDS))
        return replace(request, body=many)
    else:
        headers = {
            "content-type": chance.choice(("text/plain", "application/x-www-form-urlencoded"))
        }
    return replace(request, headers=headers)
