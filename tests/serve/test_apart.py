"""Gateway and worker as two programs, as on a server: the chat page is answered all the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from bench.soak_process import Process
from bot.conversation.wording import say
from bot.serve.supervisor import free_port
from connectors.registry import missing_settings
from tests.serve.system import wait_for

SESSION = "session-of-two-programs"
JSON = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
WAYS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=WAYS)
def base(
    request: pytest.FixtureRequest, new_database_url: Callable[[str], str], tmp_path: Path
) -> Iterator[str]:
    """The gateway's address; Rasa is away, so that the plain line answers."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COMADRE_")}
    off = {name: "" for names in missing_settings({}).values() for name in names}
    port = free_port()
    environment = {
        **kept, **off, "COMADRE_PORT": str(port), "COMADRE_VAR": str(tmp_path),
        "COMADRE_DATABASE_URL": new_database_url(request.param), "COMADRE_REDIS_URL": "",
        "COMADRE_RASA_URL": f"http://127.0.0.1:{free_port()}", "COMADRE_METRICS_PORT": "",
        "COMADRE_SECRET_KEY": "a root secret of thirty-two bytes",
    }  # fmt: skip
    with ExitStack() as stack:
        for role in ("gateway", "worker"):
            process = Process(role, environment, tmp_path / f"{role}.log")
            process.start()
            stack.callback(process.stop)
            if role == "gateway":  # which has made the tables by then
                wait_for(role, lambda: is_up(port), 60)
        yield f"http://127.0.0.1:{port}"


def is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False


@pytest.mark.running
def test_the_page_of_a_gateway_alone_is_answered(base: str) -> None:
    said = {"session": SESSION, "style": "whatsapp", "id": "m1", "text": "¿tengo derechos?"}
    seen: list[str] = []

    def is_answered() -> bool:
        query = {"session": SESSION, "after": len(seen)}
        answer = httpx.get(f"{base}/simulator/replies", params=query, timeout=10)
        seen.extend(each["text"] for each in answer.json()["messages"])
        return any(say("held", "es") in each for each in seen)

    sent = httpx.post(f"{base}/simulator/message", json=said, headers=JSON)
    assert sent.status_code == 204
    wait_for("the plain line on the page", is_answered, 60)
