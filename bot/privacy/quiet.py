"""Logs that cannot repeat what she wrote.

Libraries put into their messages and tracebacks whatever they were working on: Rasa logs the text
of every message that fails or takes too long, a database error shows its parameters, a queue the
arguments of its job. Of a record that is not ours only the place in the source and the kind of
error are kept: enough to find the line, nothing that anybody said.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any

OURS = ("bot", "connectors", "actions")
_EVENT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
# Our own messages hold identifiers of rows and kinds of errors. Should a telephone number get into
# one all the same, it stops here.
_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")
_Factory = Any


def where(tb: TracebackType | None) -> str:
    """The frames, innermost last, without any line of code and without the error's text."""
    frames = traceback.extract_tb(tb)[-8:]
    return " > ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames)


def _event(message: object) -> str:
    """The name of a structured event ("rest.message.received.timeout"), nothing of its content."""
    try:
        name = json.loads(str(message))["event"]
    except (ValueError, TypeError, KeyError):
        return ""
    return str(name) if _EVENT.fullmatch(str(name)) else ""


def _said(record: logging.LogRecord) -> str:
    """Its words; a log line that was written wrongly must not end what it speaks of."""
    try:
        return record.getMessage()
    except Exception:
        return str(record.msg)


def quieted(record: logging.LogRecord, own: tuple[str, ...] = OURS) -> logging.LogRecord:
    """The record, changed in place: ours without traceback and number, others by place and kind."""
    kind = ""
    if record.exc_info and record.exc_info[0]:
        kind = f" {record.exc_info[0].__name__} at {where(record.exc_info[2])}"
    record.exc_info = record.exc_text = record.stack_info = None
    if record.name.split(".")[0] in own:
        record.msg, record.args = _NUMBER.sub("…", _said(record)), ()
        return record
    record.msg = f"{record.name} ({record.filename}:{record.lineno}) {_event(record.msg)}{kind}"
    record.args = ()
    return record


class Quiet(logging.Filter):
    """For one handler or logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Everything passes, quieted."""
        quieted(record, own=())
        return True


def quiet(own: tuple[str, ...] = OURS, least: int = logging.WARNING) -> None:
    """From now on in this process, for every logger, uncaught error and warning.

    Records of others below `least` say little and are left as they are: nothing shows them.
    """
    before: _Factory = logging.getLogRecordFactory()

    def make(*values: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = before(*values, **named)
        return quieted(record, own) if record.levelno >= least else record

    logging.setLogRecordFactory(make)
    sys.excepthook = _uncaught
    threading.excepthook = lambda hook: _uncaught(
        hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback
    )
    warnings.showwarning = _warned


def _uncaught(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
    # Our own sentences for the operator ("COMADRE_PORT: expected a number") hold nothing of hers.
    own = isinstance(error, SystemExit) or kind.__module__.startswith("bot.settings")
    text = str(error) if own else ""
    print(f"ended by {kind.__name__} {text} at {where(tb)}", file=sys.stderr, flush=True)


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int,
            file: Any = None, line: str | None = None) -> None:  # fmt: skip
    place = f"{filename.rpartition('/')[2]}:{lineno}"
    print(f"warning: {category.__name__} at {place}", file=file or sys.stderr, flush=True)
