"""What Rasa does anew for every message, done once: nothing that it decides changes.

Each piece says what it stands for, and can go when Rasa does the same. What is larger has a module
of its own: runner.py, rules.py, answer.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

KEPT_S = 2.0  # that a connection waits for the next call: the action server closes it after 5


def install() -> None:
    """In this process, before it loads a model."""
    from rasa.core import processor
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.slots import Slot
    from rasa.utils.endpoints import EndpointConfig

    from bot.rasa import rules
    from bot.rasa.answer import fits
    from bot.rasa.runner import StraightRunner

    processor.DaskGraphRunner = StraightRunner
    processor.copy = _AsItIs  # copied is only what it logs for developers
    rules.install()
    RemoteAction._validate_action_result = fits
    # These two go through all kinds of events, and make an empty domain to compare ours with.
    Event.resolve_by_type = staticmethod(lru_cache(Event.resolve_by_type))
    Domain.empty = staticmethod(lru_cache(Domain.empty))
    Slot.__copy__ = _copy
    EndpointConfig.session = kept_session


class _AsItIs:
    deepcopy = staticmethod(lambda value: value)


def _copy(slot: Any) -> Any:
    """A turn copies every slot seven times; Python's own way takes twice as long."""
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


@asynccontextmanager
async def kept_session(endpoint: Any) -> AsyncIterator[Any]:
    """Calls of the action server share their connections; Rasa makes a new one for each."""
    from aiohttp import BasicAuth, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
    from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT

    session = endpoint.__dict__.get("kept")
    if session is None or session.closed:
        user = endpoint.basic_auth
        session = endpoint.kept = ClientSession(
            headers=endpoint.headers,
            auth=BasicAuth(user["username"], user["password"]) if user else None,
            connector=TCPConnector(keepalive_timeout=KEPT_S), cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        )  # fmt: skip
    yield session
