"""Traces of a message's way, off by default: receive → inbox → understand → act → send.

A span holds how long a step took and values of the closed list `ATTRIBUTES`, nothing else: no text,
number, pseudonym, place, intent, no error's words. What ties the steps of one message together is a
random identifier that lies sealed beside the message and goes with it. It says that one message was
answered at a time, as the vendor's own log does; docs/runbook.md says who may see that.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.telemetry.metrics import LABELS

NAMES = ("receive", "inbox", "turn", "understand", "act", "send")
ATTRIBUTES: Mapping[str, str] = {  # an attribute's name, and whose closed list its values are of
    "comadre.channel": "channel",
    "comadre.style": "style",
    "comadre.outcome": "outcome",
    "comadre.error": "kind",
}
_tracer: Any = None


def start(url: str, exporter: Any = None, *, role: str = "") -> Any:
    """Traces go to the OpenTelemetry collector at `url` (OTLP over HTTP) from now on.

    Returns the provider, whose `shutdown` sends the last ones. Imported here, because whoever
    wants no traces should not wait for the libraries.
    """
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=5)
    # Not Resource.create: it would add whatever OTEL_RESOURCE_ATTRIBUTES says.
    provider = TracerProvider(resource=Resource({"service.name": "comadre", "comadre.role": role}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    global _tracer
    _tracer = provider.get_tracer("comadre")
    return provider


def stop() -> None:
    """No traces any more."""
    global _tracer
    _tracer = None


@contextlib.contextmanager
def span(name: str, parent: object = None, since: datetime | None = None,
         **values: str) -> Iterator[None]:  # fmt: skip
    """A step, as long as the block takes or since `since`; nothing where there are no traces.

    `parent` is what `carried` said where the message's way began. An error's words stay outside.
    """
    if _tracer is None:
        yield
        return
    assert name in NAMES, name
    began = int(since.timestamp() * 1e9) if since else None
    with _tracer.start_as_current_span(
        name, context=_context(parent), start_time=began, attributes=_closed(values),
        record_exception=False, set_status_on_exception=False,
    ):  # fmt: skip
        yield


def note(**values: str) -> None:
    """What a step came to, on the span around it."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(_closed(values))


def carried() -> str | None:
    """What ties the next step to this one: "trace-span", in hexadecimal digits."""
    here = _here()
    return f"{here.trace_id:032x}-{here.span_id:016x}" if here else None


def current() -> str | None:
    """The trace's identifier, for a log line."""
    here = _here()
    return f"{here.trace_id:032x}" if here else None


def _here() -> Any:
    if _tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    context = get_current_span().get_span_context()
    return context if context.is_valid else None


def _closed(values: Mapping[str, str]) -> dict[str, str]:
    """Only what is in the lists."""
    named = {f"comadre.{name}": value for name, value in values.items()}
    return {name: value for name, value in named.items()
            if name in ATTRIBUTES and value in LABELS[ATTRIBUTES[name]]}  # fmt: skip


def _context(parent: object) -> Any:
    """None: whatever span is around us."""
    trace, _, step = str(parent or "").partition("-")
    if not trace:
        return None
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    try:
        where = SpanContext(int(trace, 16), int(step, 16), True, TraceFlags(TraceFlags.SAMPLED))
    except ValueError:  # not of our making
        return None
    return set_span_in_context(NonRecordingSpan(where))
