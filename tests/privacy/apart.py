"""Trying what would last for the whole process: in a fork, which ends with it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def apart(check: Callable[[], object]) -> None:
    """Runs `check` in a fork; fails where it fails."""
    child = os.fork()
    if child == 0:
        try:
            check()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
