"""Rasa listens on loopback, where every program of the machine can knock: it lets in one.

Its real REST channel in its own environment; only the understanding is replaced.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT
from bot.serve.checks import rehearse
from bot.serve.supervisor import free_port
from bot.settings import Settings

pytestmark = pytest.mark.skipif(
    not RASA_PYTHON.exists(), reason="Rasa's environment is not installed"
)
# Processes that share the tests must find the same ones.
TOKEN = "of-these-tests-alone-and-the-same-in-each"  # noqa: S105
NOBODY = "http://127.0.0.1:9/webhook"
ERASE = {"sender": "her pseudonym", "message": "/delete_my_data", "metadata": {}}


def started(folder: Path, token: str, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own command
        [str(RASA_PYTHON), "-m", "tests.privacy.rasa_stand_in", str(port), NOBODY,
         str(folder / "slots.db")],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
             "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "COMADRE_RASA_TOKEN": token},
    )  # fmt: skip


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    port = free_port()
    process = started(tmp_path_factory.mktemp("rasa"), TOKEN, port)
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + 90
    try:
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(url, timeout=2)
                break
            time.sleep(0.2)
        assert process.poll() is None, "the stand-in for Rasa has ended"
        yield url
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}],
    ids=["none", "empty", "another", "without its word"],
)
@pytest.mark.parametrize("query", ["", "?stream=true", f"?token={TOKEN}"])
def test_another_program_of_the_machine_speaks_to_nobodys_conversation(
    rasa: str, headers: dict[str, str], query: str
) -> None:
    answer = httpx.post(f"{rasa}/webhooks/rest/webhook{query}", json=ERASE, headers=headers)

    assert answer.status_code == 403
    assert TOKEN not in answer.text


def test_the_worker_knows_the_token(rasa: str) -> None:
    from bot.rasa_client import RasaClient

    settings = Settings("", b"", rasa_url=rasa, rasa_token=TOKEN)
    heard = httpx.post(f"{rasa}/webhooks/rest/webhook", json=ERASE,
                       headers=RasaClient(settings, httpx.AsyncClient())._headers)  # fmt: skip

    assert heard.status_code == 200  # what it says is another matter: nobody acts here
    assert "answers nothing" in (rehearse(rasa, TOKEN) or "")


@pytest.mark.parametrize("token", ["", "short"])
def test_without_a_token_that_is_one_rasa_does_not_start(tmp_path: Path, token: str) -> None:
    process = started(tmp_path, token, free_port())
    said = process.communicate(timeout=90)[1]

    assert process.returncode != 0
    assert "COMADRE_RASA_TOKEN: expected at least 16 characters" in said


def test_no_other_channel_is_open() -> None:
    channels = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))

    assert channels == {"bot.rasa.rest.GuardedRest": {"token": "${COMADRE_RASA_TOKEN}"}}
