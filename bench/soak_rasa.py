"""Rasa itself in a soak: its process and its actions', what people ask, and what answers what."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench.soak_ledger import Ledger
from bot.commands.evaluate import read_cases
from bot.commands.model import model_path
from bot.conversation.wording import say
from bot.paths import ROOT
from bot.privacy.keys import Keys
from bot.safety.gate import gate
from bot.serve.supervisor import rasa_environment, rasa_part
from connectors.gsm7 import fold
from connectors.letting_go import BY_MODEL
from connectors.models import Inbox, Outbox
from connectors.turns import is_someone_else

LONGEST = 200
_NUMBER_FIRST = re.compile(r"\+?\d{3}")
_GREETS = ("greet", "thank", "goodbye", "affirm", "deny")


def texts() -> tuple[str, ...]:
    """Of the development set: what Rasa answers by itself, and what is never joined to the next."""
    found = []
    for case in read_cases():
        text = case.text.strip().replace("\n", " ")
        text = text if text.endswith((".", "?", "!")) else f"{text}."
        ends = case.intent in BY_MODEL or case.intent in _GREETS or is_someone_else(text)
        ends = ends or not any(map(str.isalnum, text))  # needs no Rasa: answered at once
        if len(text) <= LONGEST and not ends and gate(text, style="sms") is None:
            found.append(text)
    return tuple(found)


def rasa(
    port: int, actions_port: int, token: str, folder: Path
) -> tuple[list[str], dict[str, str]]:
    """Command and environment of Rasa's process; COMADRE_MODEL names another model than ours."""
    model = Path(os.environ.get("COMADRE_MODEL") or model_path())
    if not model.is_file():
        raise SystemExit(f"no model at {model}: `make train` first")
    environment = rasa_environment(ROOT, port, actions_port, token, str(folder / "slots.db"))
    part = rasa_part(ROOT, model, port, environment, folder / "rasa.log")
    return list(part.command), environment


def link(ledger: Ledger, engine: Engine, keys: Keys) -> None:
    """Tells the ledger which of the vendors' ids answers which message, by our own rows."""
    tokens = {keys.message_mark(ledger.said[token][0], inbox_id): token
              for token, inbox_id in ledger.inbox_ids.items()}  # fmt: skip
    ids = {keys.message_mark("sent", each.vendor_id): each.vendor_id
           for twin in ledger.twins.all() for each in twin.taken}  # fmt: skip
    sent = select(Outbox.vendor_mark, Inbox.mark).join(Inbox, Inbox.id == Outbox.inbox_id)
    with Session(engine) as session:
        rows = session.execute(sent.where(Outbox.vendor_mark.is_not(None))).all()
    ledger.links = {ids[mark]: tokens[of] for mark, of in rows if mark in ids and of in tokens}


def _begins(text: str, *keys: str) -> bool:
    lines = [fold(say(key, language))[:40] for key in keys for language in ("es", "en")]
    return fold(text).startswith(tuple(lines))


@cache  # asked every two seconds about all that was taken, in the loop that the twins run in
def is_promise(text: str) -> bool:
    """Whether it only says that the answer comes."""
    return _begins(text, "held")


def is_alarm(text: str) -> bool:
    """Whether an answer is of one in danger: the number stands first."""
    return bool(_NUMBER_FIRST.match(text))


def from_disk(ledger: Ledger) -> int:
    """How many got a plain line that stands in for Rasa while it is away."""
    return sum(_begins(each.text, "held", "busy")
               for twin in ledger.twins.all() for each in twin.taken)  # fmt: skip
