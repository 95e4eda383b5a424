"""A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket, then gone."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class NoPostgresql(Exception):
    """This machine has no PostgreSQL server to start."""


def programs() -> Path:
    """The folder of the newest installed server's programs."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if anywhere := shutil.which("initdb"):
        return Path(anywhere).parent
    raise NoPostgresql("no PostgreSQL server is installed (apt-get install postgresql)")


@contextmanager
def running() -> Iterator[str]:
    """A running server; the value is a URL with `{name}` where the database's name goes."""
    home = Path(tempfile.mkdtemp(prefix="comadre-pg-", dir=_quick_folder()))
    # initdb refuses to run as root.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    owner = "postgres" if as_owner else getpass.getuser()
    try:
        if as_owner:
            shutil.chown(home, "postgres", "postgres")
        port, control, data = _free_port(), programs() / "pg_ctl", home / "data"
        make = [str(programs() / "initdb"), "-D", str(data), "-U", owner, "-A", "trust"]
        _run([*as_owner, *make, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        options = " ".join(f"-c {each}" for each in (*FAST, f"port={port}"))
        start = [str(control), "-D", str(data), "-w", "-l", str(home / "log")]
        _run([*as_owner, *start, "-o", f"{options} -k {home}", "start"])
        try:
            yield f"postgresql://{owner}@/{{name}}?host={home}&port={port}"
        finally:
            _run([*as_owner, str(control), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _quick_folder() -> Path | None:
    """Memory, where there is plenty; otherwise wherever temporary files go."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 8 * 1024**3
    return memory if has_room and os.access(memory, os.W_OK) else None


def _run(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        command, cwd="/", capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise NoPostgresql(f"{command[0]} ... failed: {done.stderr.strip()[-400:]}")


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port
