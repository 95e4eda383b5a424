"""Processes that must not outlive the one that began them. Standard library alone."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal


def die_with_parent() -> None:
    """In the child: when its parent is gone, however it went, the kernel ends it too (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():  # it went before we could ask for that
        os._exit(1)
