"""Log lines as JSON, one object a line, of a closed list of fields (COMADRE_LOG=json)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from bot.telemetry import tracing


class JsonLines(logging.Formatter):
    """What `bot/privacy/quiet.py` has left of a record; tracebacks never."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "place": f"{record.filename}:{record.lineno}",
            "message": record.getMessage(),
        }
        trace = tracing.current()
        if trace:
            line["trace"] = trace
        return json.dumps(line)  # plain ASCII: a line stays one line


def write_json() -> logging.Handler:
    """From now on, to stderr: from warnings on, as Python does of itself where nothing is set."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    return handler
