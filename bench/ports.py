"""Ports for the vendors' twins, which want three in a row."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

_blocks = itertools.count()


def three_free_ports() -> int:
    """The first of three, below those that a system gives to whoever asks for any: one of these
    may be taken between looking and binding."""
    while True:
        first = 20_000 + (os.getpid() * 15 + 3 * next(_blocks)) % 12_000
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + 3):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
