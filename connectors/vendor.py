"""Calling a vendor, and what its answer means for us, by a data file `codes.yml` in each folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from connectors.contract import ChannelError, SendRefused, SendThrottled, SendUncertain

Codes = Mapping[str, "Verdict"]
# From an error answer: the vendor's codes for it, the most exact first, and its wish to wait.
ReadError = Callable[[Any], tuple[Sequence[str], float | None]]
MOST_WAIT_S = 86_400.0  # after a day there is nobody to be answered any more
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Verdict(BaseModel):
    """What a vendor's code means for us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["refused", "wait", "uncertain"]
    meaning: str
    wait_s: float = 5.0
    opted_out: bool = False  # do not write to her again
    alert: bool = False  # a person must look


def load_codes(path: Path) -> Codes:
    """The verdicts of a `codes.yml`."""
    return TypeAdapter(dict[str, Verdict]).validate_python(yaml.safe_load(path.read_text("utf-8")))


def needs_a_look(verdict: Verdict | None) -> bool:
    """Whether somebody should know of a message that failed after the vendor had taken it.

    What would have been sent again before ("wait") is lost then: our copy is gone.
    """
    return verdict is None or verdict.alert or verdict.kind != "refused"


@dataclass(frozen=True)
class Vendor:
    """How one vendor's answers are read."""

    codes: Codes
    read_error: ReadError

    def error(self, status: int, body: Any) -> ChannelError:
        """The error that an answer with `status` stands for."""
        names, wait_s = self.read_error(body)
        for name in names:
            if name in self.codes:
                return as_error(name, self.codes[name], wait_s)
        code = names[0] if names else f"http-{status}"
        if status == 429:
            return SendThrottled(code, sensible(wait_s, 5.0))
        if status >= 500 or status == 408:  # a proxy on the way gave up waiting
            return SendUncertain(code)
        return SendRefused(code, alert=True)  # unknown to us: never in a loop, and seen by somebody

    async def call(self, client: httpx.AsyncClient, method: str, url: str, **request: Any) -> Any:
        """The parsed JSON of a 2xx answer (None where empty); raises ChannelError.

        Nothing of the request gets into an error: addresses may hold a token, bodies her words.
        """
        try:
            response = await client.request(method, url, timeout=TIMEOUT, **request)
        except _UNREACHABLE as error:
            raise SendThrottled(type(error).__name__, 5.0) from None  # nothing has been sent
        except httpx.HTTPError as error:
            raise SendUncertain(type(error).__name__) from None
        try:
            body = response.json() if response.content else None
        except ValueError:
            body = None
        if not response.is_success:
            raise self.error(response.status_code, body)
        return body


def sensible(wait_s: float | None, otherwise: float) -> float:
    """The vendor's wish to wait; a senseless one (negative, not a number) is none."""
    return float(min(wait_s, MOST_WAIT_S)) if wait_s is not None and wait_s > 0 else otherwise


def as_error(code: str, verdict: Verdict, wait_s: float | None = None) -> ChannelError:
    """The error for a known code."""
    if verdict.kind == "wait":
        return SendThrottled(code, sensible(wait_s, verdict.wait_s))
    if verdict.kind == "uncertain":
        return SendUncertain(code)
    return SendRefused(code, opted_out=verdict.opted_out, alert=verdict.alert)


def field(body: Any, *path: str | int) -> Any:
    """`body[path[0]][path[1]]…`, None where it is not there."""
    for step in path:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body
