"""Log lines as JSON, one object a line, of a closed list of fields (COMADRE_LOG=json)."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from bot.telemetry import tracing

FIELDS = ("at", "level", "logger", "place", "message", "trace")
# Our own messages hold identifiers of rows and kinds of errors. Should a telephone number get into
# one all the same, it stops here.
_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")


class JsonLines(logging.Formatter):
    """What `bot/privacy/quiet.py` has left of a record; tracebacks never."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "place": f"{record.filename}:{record.lineno}",
            "message": _NUMBER.sub("…", record.getMessage()),
        }
        trace = tracing.current()
        if trace:
            line["trace"] = trace
        return json.dumps(line)  # plain ASCII: a line stays one line


def write_json(handler: logging.Handler | None = None) -> logging.Handler:
    """From now on, to stderr unless another handler is given."""
    handler = handler or logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    return handler
