"""Traces and log lines say how the program fares, and nothing of whoever wrote to it."""

from __future__ import annotations

import http.server
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine

from bot.privacy.quiet import quiet
from bot.rasa_client import TRIAL, RasaClient
from bot.settings import SettingError, read_settings
from bot.telemetry import logs, tracing
from bot.telemetry.metrics import LABELS
from tests.serve.one_turn import CHAT, Turns, turns

NAME, TOWN = "Xochiltepecana", "Tapachula"
HERS = f"me llamo {NAME}, estoy en {TOWN}, mi numero es 5512349876"
NEVER = (NAME, TOWN, "5512349876", str(CHAT), "llamo", "a-token", "a-webhook-secret")


@pytest.fixture
async def she(sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Turns]:
    async with turns(sqlite_engine, tmp_path) as made:
        yield made


class Spans:
    """What was recorded."""

    def __init__(self) -> None:
        self.kept = InMemorySpanExporter()
        self.provider = tracing.start("http://127.0.0.1:1", self.kept, role="worker")

    def all(self) -> list[ReadableSpan]:
        self.provider.force_flush()
        return list(self.kept.get_finished_spans())


@pytest.fixture
def spans() -> Iterator[Spans]:
    made = Spans()
    yield made
    tracing.stop()
    made.provider.shutdown()


async def test_without_the_setting_there_is_no_trace_and_nothing_is_sent_along(she: Turns) -> None:
    assert read_settings({"COMADRE_SECRET_KEY": "k" * 32}).traces_url == ""

    await she.says("hola")
    await she.work()

    assert tracing.carried() is None
    assert all("trace" not in told["metadata"] for told in she.asked)


async def test_the_steps_of_one_message_hang_together(she: Turns, spans: Spans) -> None:
    await she.says(HERS)
    await she.work()

    found = spans.all()

    assert {span.name for span in found} == set(tracing.NAMES)
    assert len({span.context.trace_id for span in found}) == 1
    by_id = {span.context.span_id: span.name for span in found}
    above = {span.name: by_id[span.parent.span_id] for span in found if span.parent}
    assert above == {"inbox": "receive", "turn": "receive", "understand": "turn",
                     "act": "understand", "send": "turn"}  # fmt: skip
    turn = next(span for span in found if span.name == "turn")
    assert turn.attributes == {
        "comadre.channel": "telegram", "comadre.style": "telegram", "comadre.outcome": "answered",
    }  # fmt: skip


async def test_no_span_holds_anything_of_hers_whatever_breaks(she: Turns, spans: Spans) -> None:
    she.outcome, she.acted_on = HERS, HERS  # should the assistant ever say so
    await she.says(HERS, 1)
    await she.work()
    she.telegram = lambda _: httpx.Response(502, text=HERS)
    await she.says(HERS, 2)
    await she.work()
    she.acts.trouble = ValueError(HERS)
    await she.says(HERS, 3)
    await she.work()

    told = [json.loads(span.to_json()) for span in spans.all()]

    assert len(told) > 12
    assert all(set(each["attributes"]) <= set(tracing.ATTRIBUTES) for each in told)
    assert all(each["events"] == [] for each in told)
    assert not [words for words in NEVER if words in json.dumps(told, ensure_ascii=False)]
    assert {each["attributes"].get("comadre.error") for each in told} >= {"failed", "uncertain"}


async def test_a_trial_of_the_back_office_leaves_no_trace(she: Turns, spans: Spans) -> None:
    await RasaClient(she.parts.settings, she.parts.client).ask(f"{TRIAL}5", "hola", {})

    assert [told["sender"] for told in she.asked] == [f"{TRIAL}5"]
    assert spans.all() == []


def test_a_value_outside_the_lists_is_left_out(spans: Spans) -> None:
    with tracing.span("turn", channel=NAME, style="sms", town=TOWN):
        tracing.note(outcome=TOWN, error="timeout", who=NAME)

    [span] = spans.all()

    assert span.attributes == {"comadre.style": "sms", "comadre.error": "timeout"}
    assert set(tracing.ATTRIBUTES.values()) <= set(LABELS)


def test_an_error_leaves_its_words_outside(spans: Spans) -> None:
    with pytest.raises(ValueError, match=NAME), tracing.span("act"):
        raise ValueError(HERS)

    [span] = spans.all()

    assert (span.events, span.status.description) == ((), None)


@pytest.mark.parametrize("parent", [None, "", "x", "zz-yy", "1-", NAME, 5])
def test_what_did_not_come_from_us_ties_nothing_together(spans: Spans, parent: object) -> None:
    with tracing.span("act", parent):
        pass

    [span] = spans.all()

    assert span.parent is None


def test_what_reaches_the_collector_names_the_program_and_no_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"host.name={NAME}")
    posted: list[tuple[str, bytes]] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        provider = tracing.start(f"http://127.0.0.1:{server.server_port}/", role="gateway")
        with tracing.span("receive", channel="telegram"):
            pass
        provider.shutdown()
        tracing.stop()
        server.shutdown()

    [(path, body)] = posted
    [sent] = ExportTraceServiceRequest.FromString(body).resource_spans
    assert path == "/v1/traces"
    assert {each.key for each in sent.resource.attributes} == {"service.name", "comadre.role"}
    assert sent.scope_spans[0].spans[0].name == "receive"
    assert NAME.encode() not in body


# -- log lines


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged as JSON after what `serve` does first; and a library asks for more."""
    stream, root = io.StringIO(), logging.getLogger()
    factory, level = logging.getLogRecordFactory(), root.level
    for place, name in ((sys, "excepthook"), (threading, "excepthook"), (warnings, "showwarning")):
        monkeypatch.setattr(place, name, getattr(place, name))  # put back afterwards
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        quiet()
        handler = logs.write_json()
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)
    logging.setLogRecordFactory(factory)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_log_lines_are_json_of_a_closed_list_of_fields(
    she: Turns, written: io.StringIO, spans: Spans
) -> None:
    she.acts.trouble = ValueError(HERS)
    await she.says(HERS)
    await she.work()

    found = lines(written)

    failed = next(each for each in found if "failed" in each["message"])
    assert failed["level"] == "error"
    assert failed["logger"] == "bot.serve.actions"
    assert failed["place"].startswith("actions.py:")
    assert failed["at"].endswith("+00:00")
    assert int(failed["trace"], 16) in {span.context.trace_id for span in spans.all()}
    fields = {"at", "level", "logger", "place", "message", "trace"}
    assert all(set(each) <= fields for each in found)


async def test_no_log_line_holds_anything_of_hers(she: Turns, written: io.StringIO) -> None:
    she.acts.trouble = ValueError(HERS)
    she.telegram = lambda _: httpx.Response(400, json={"ok": False, "description": HERS})
    await she.says(HERS)
    await she.work()
    await she.app.post("/webhooks/telegram", content=HERS.encode())
    logging.getLogger("rasa.core").error(HERS)
    logging.getLogger("connectors.worker").error("sent to %s", "+52 55 1234 9876")

    assert len(lines(written)) >= 3
    assert not [words for words in (*NEVER, "1234") if words in written.getvalue()]


def test_what_says_little_is_not_written_as_in_plain_text(written: io.StringIO) -> None:
    """Records below a warning are not quieted: a library's would be written with its words."""
    for name in ("httpx", "bot.serve"):
        logging.getLogger(name).info(HERS)
        logging.getLogger(name).debug(HERS)

    assert written.getvalue() == ""


def test_a_line_stays_one_line(written: io.StringIO) -> None:
    logging.getLogger("bot").warning("two\nlines “and” quotes \u2028")

    [line] = lines(written)

    assert line["message"].startswith("two\nlines")
    assert written.getvalue().count("\n") == 1


@pytest.mark.parametrize("value", ["yaml", "JSON", "on"])
def test_another_form_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingError, match="COMADRE_LOG: expected text or json"):
        read_settings({"COMADRE_SECRET_KEY": "k" * 32, "COMADRE_LOG": value})
