"""From one record of the files to its rows, by table."""

from __future__ import annotations

from bot.directory.load import Row, service_rows, two
from bot.directory.places import Town
from bot.directory.schema import ServiceRecord
from bot.knowledge.models import EmergencyLine, Source, Statement
from bot.knowledge.schema import EmergencyRecord, Fact, StatementRecord


def rows_of(code: str, record: Fact, town: Town | None) -> dict[type, list[Row]]:
    sources = [
        {
            "record_id": record.id,
            "position": position,
            "url": str(each.url),
            "title": each.title,
            "publisher": each.publisher,
        }
        for position, each in enumerate(record.sources, start=1)
    ]
    if isinstance(record, ServiceRecord):
        return {**service_rows(code, record, town), Source: sources}
    if isinstance(record, StatementRecord):
        return {Statement: [_statement_row(code, record)], Source: sources}
    if isinstance(record, EmergencyRecord):
        return {EmergencyLine: [_emergency_row(code, record)], Source: sources}
    raise TypeError(f"expected a statement, emergency line or service, came {record!r}")


def _fact_row(code: str, record: Fact) -> Row:
    return {
        "id": record.id,
        "country": code,
        "as_of": record.as_of,
        "confidence": record.confidence,
        "call_first": record.shown == "call_first",
        "second_reading": record.second_reading.result if record.second_reading else None,
        "status": record.status,
    }


def _statement_row(code: str, record: StatementRecord) -> Row:
    return {
        **_fact_row(code, record),
        "intent": record.intent,
        "kind": record.kind,
        "text_es": record.es,
        "text_en": record.en,
        "asked": record.asked.model_dump(mode="json") if record.asked else None,
        "volatile": record.volatile,
        "follows": record.follows,
        "priority": record.priority,
        "valid_until": record.valid_until,
    }


def _emergency_row(code: str, record: EmergencyRecord) -> Row:
    return {
        **_fact_row(code, record),
        **two("label", record.label),
        **two("purpose", record.purpose),
        "number": record.number,
        "kind": record.kind,
        "display": record.display,
        "sms_number": record.sms.number if record.sms else None,
        "sms_word": record.sms.word if record.sms else None,
        "whatsapp": record.whatsapp,
        **two("hours", record.hours),
    }
