"""A Redis of the bench's own: on loopback, in memory, then gone."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

from bot.processes import die_with_parent
from bot.serve.supervisor import free_port


@contextlib.contextmanager
def running() -> Iterator[tuple[str, int]]:
    """Its URL and its process."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("no Redis is installed (apt-get install redis-server)")
    port = free_port()
    process = subprocess.Popen(  # noqa: S603  # our own command
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent,
    )  # fmt: skip
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield f"redis://127.0.0.1:{port}/0", process.pid
    finally:
        process.terminate()
        process.wait(10)
