"""What `make run` checks before it starts anything, and before it says that all is well."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from pathlib import Path

import pytest

from bot.commands.run import run
from bot.serve.checks import rehearse, why_not
from bot.serve.supervisor import free_port


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """`run` finds an empty folder and a free port."""
    monkeypatch.setenv("COMADRE_VAR", str(tmp_path))
    monkeypatch.setenv("COMADRE_PORT", str(free_port()))
    return monkeypatch


def test_a_port_in_use_is_told_in_one_sentence_before_anything_starts(
    elsewhere: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        elsewhere.setenv("COMADRE_PORT", str(port))
        code = run()

    told = capsys.readouterr().err
    assert code == 1
    assert told.startswith(f"Port {port} is already in use")
    assert f"COMADRE_PORT={port + 1}" in told
    assert len(told.splitlines()) == 1


def test_a_model_that_is_not_there_is_told_in_one_sentence(
    elsewhere: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere.setenv("COMADRE_MODEL", "/nowhere/model.tar.gz")

    assert run() == 1
    assert capsys.readouterr().err.startswith("COMADRE_MODEL: expected a trained model")


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [("127.0.0.1", 70_000, "up to 65535"), ("192.0.2.1", 8_000, "Nothing can listen")],
    ids=["port out of range", "address of another machine"],
)
def test_an_address_that_cannot_be_is_told(host: str, port: int, words: str) -> None:
    assert words in (why_not(host, port) or "")


def test_a_free_port_is_fine() -> None:
    assert why_not("127.0.0.1", free_port()) is None


class Rasa(http.server.BaseHTTPRequestHandler):
    """Answers every message with `answer`, as Rasa's REST channel does."""

    answer: list[dict[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("answer", "fine"), [([{"text": "hola"}], True), ([], False)], ids=["answers", "silent"]
)
def test_a_rasa_that_could_not_load_its_model_answers_nothing_and_is_found_out(
    answer: list[dict[str, str]], fine: bool
) -> None:
    handler = type("Handler", (Rasa,), {"answer": answer})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        trouble = rehearse(f"http://127.0.0.1:{server.server_port}", "token")
        server.shutdown()

    assert (trouble is None) is fine


def test_a_rasa_that_is_gone_is_found_out() -> None:
    assert "answers nothing" in (rehearse(f"http://127.0.0.1:{free_port()}", "token") or "")
