"""What `make run` checks before it starts anything, and before it says that all is well.

Standard library alone, like the supervisor.
"""

from __future__ import annotations

import errno
import json
import socket
import urllib.error
import urllib.request

FIRST_ANSWER_S = 20
_FIRST_WORDS = ("hola", "estoy en Tapachula, ¿puedo pedir refugio?", "a shelter in Tijuana")


def why_not(host: str, port: int) -> str | None:
    """A sentence that says why nothing can listen at `host`:`port`; None where it can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As the server itself does: a port that only waits for old packets is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is already in use, perhaps by another `make run`. Stop that program, "
                f"or choose another port: `COMADRE_PORT={port + 1} make run`."
            )
        return f"Nothing can listen at {host}, port {port}: {error.strerror or error}."
    except OverflowError:
        return f"COMADRE_PORT: expected a number up to 65535, got {port}."
    return None


def rehearse(rasa_url: str, token: str) -> str | None:
    """Have a few things asked and forgotten; what is wrong if nothing at all is answered.

    A new process's first answers take seconds: nobody should wait for those. And Rasa's own state
    page says that all is well even where it could not load its model.
    """
    answered = [_is_answered(rasa_url, token, text) for text in (*_FIRST_WORDS, "/delete_my_data")]
    return None if any(answered) else "Rasa runs, but answers nothing: its model may not fit."


def _is_answered(rasa_url: str, token: str, text: str) -> bool:
    body = json.dumps({"sender": "rehearsal", "message": text, "metadata": {}}).encode()
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{rasa_url}/webhooks/rest/webhook", body,
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=FIRST_ANSWER_S) as response:  # noqa: S310
            return bool(json.load(response))
    except (urllib.error.URLError, OSError, ValueError):
        return False
