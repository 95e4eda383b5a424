"""What the internet reaches through the proxy, and what it does not: Caddy with our file."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from bot.paths import ROOT
from connectors.registry import NAMES

CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
HANDLERS = [importlib.import_module(f"connectors.{name}.handler") for name in NAMES]
VENDORS = [
    path
    for handler in HANDLERS
    for path in (handler.path, handler.path and handler.status_path)
    if path
]


def test_the_file_lets_in_what_it_says() -> None:
    line = next(each for each in CADDYFILE.splitlines() if "@outside path" in each)

    assert line.split()[2:] == [
        "/webhooks/*", "/portal", "/portal/*", "/api", "/api/*", "/healthz",
    ]  # fmt: skip
    assert all(path.startswith("/webhooks/") for path in VENDORS)


class _Echo(BaseHTTPRequestHandler):
    """In the program's place: says that it was reached."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write((self.headers.get("X-Forwarded-For") or "").encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@pytest.fixture(scope="module")
def behind_caddy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Caddy with our file, in front of a stand-in."""
    tool = shutil.which("caddy")
    if not tool:
        pytest.skip("caddy is not installed")
    home = tmp_path_factory.mktemp("caddy")
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = CADDYFILE.replace("127.0.0.1:8000", f"127.0.0.1:{server.server_port}")
        (home / "Caddyfile").write_text(words, encoding="utf-8")
        address = f"http://127.0.0.1:{_free_port()}"
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "COMADRE_PUBLIC_URL": address}
        with subprocess.Popen(  # noqa: S603
            [tool, "run", "--config", str(home / "Caddyfile")], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as caddy:  # fmt: skip
            try:
                _wait_for(f"{address}/healthz")
                yield address
            finally:
                caddy.terminate()
        server.shutdown()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            urlopen(url, timeout=2).close()  # noqa: S310  # loopback
            return
        except URLError:
            time.sleep(0.1)
    pytest.fail(f"nothing answered at {url}")


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=5) as response:  # noqa: S310  # loopback
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def test_what_is_meant_for_outside_is_reached(behind_caddy: str) -> None:
    assert len(VENDORS) >= 4
    for path in (*VENDORS, "/portal", "/portal/", "/portal/static/a.css",
                 "/api", "/api/services", "/healthz"):  # fmt: skip
        assert _status(behind_caddy + path) == 200, path


def test_what_is_inside_is_not(behind_caddy: str) -> None:
    for path in ("/", "/metrics", "/readyz", "/simulator/replies", "/webhook", "/webhooks",
                 "/model/parse", "/portal/../metrics", "/portal/%2e%2e/metrics", "//metrics",
                 "/webhooks/../readyz", "/apix"):  # fmt: skip
        assert _status(behind_caddy + path) == 404, path


def test_who_calls_cannot_say_who_they_are(behind_caddy: str) -> None:
    forged = Request(f"{behind_caddy}/healthz", headers={"X-Forwarded-For": "10.9.9.9"})  # noqa: S310
    with urlopen(forged, timeout=5) as response:  # noqa: S310
        assert response.read() == b"127.0.0.1"
