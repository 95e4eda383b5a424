"""Sending to the page: into the mailbox that the page empties.

Where the gateway is another process, nothing is sent: the page fetches from the rows (fetching.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import httpx

from connectors.channel import Sent
from connectors.contract import Outgoing
from connectors.web.mailbox import Mailbox


class Settings(Protocol):
    """What sending needs of WebSettings."""

    @property
    def mailbox(self) -> Mailbox: ...


async def send(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, key: str
) -> str:
    """The message's number in the session. The page clears itself on kind "delete"."""
    if outgoing.kind == "silent":
        return ""
    return str(put(settings.mailbox, address, outgoing))


def put(mailbox: Mailbox, session: str, outgoing: Outgoing) -> int:
    """Its number. What says that all is to go takes with it what still lies there."""
    if outgoing.kind == "delete":
        mailbox.forget(session)
    return mailbox.deliver(session, outgoing)


async def find(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, sent: Sent
) -> str | None:
    """Never: the mailbox went with the process that held it."""
    return None


async def delete(
    client: httpx.AsyncClient, settings: Settings, address: str, refs: Sequence[str]
) -> bool:
    """Empties the mailbox; the page clears what it shows on its own."""
    settings.mailbox.forget(address)
    return True
