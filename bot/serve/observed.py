"""The page /metrics: the process's counters, and what is measured when somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.serve.parts import Parts
from bot.serve.probes import free_bytes
from bot.telemetry import metrics
from connectors.models import Setting
from connectors.waiting import Waits, waiting

log = logging.getLogger(__name__)
BACKUP = "backup_made_at"  # written by deploy/backup/backup
_OURS = "comadre_"


async def page(parts: Parts) -> bytes:
    """Prometheus's text. A database that is away takes its own lines away, and no others."""
    state: dict[str, dict[str, Any]] = (await parts.state())["parts"]
    waits: dict[str, Waits] = {}
    backup_at = None
    if state["database"]["ok"]:
        try:
            waits, backup_at = await asyncio.to_thread(_asked, parts)
        except Exception as error:  # it has gone in this very moment
            log.error("the queues were not measured: %s", type(error).__name__)
        await parts.probes["alerts"].state()  # not waited for long: its gauge stays as it was
    free = None
    with contextlib.suppress(OSError):
        free = await asyncio.to_thread(free_bytes, parts.settings.folder)
    ready = {name: bool(part["ok"]) for name, part in state.items()}
    registry = CollectorRegistry()
    registry.register(_Found(lambda: _families(ready, waits, free, backup_at)))
    return generate_latest(registry)


def _asked(parts: Parts) -> tuple[dict[str, Waits], float | None]:
    with Session(parts.engine) as session:
        made = session.scalar(select(Setting.value).where(Setting.key == BACKUP))
    waits = waiting(parts.engine, parts.clock())
    return waits, float(made) if isinstance(made, int | float) else None


class _Found(Collector):
    """What a function finds, once."""

    def __init__(self, find: Callable[[], Iterable[Metric]]) -> None:
        self._find = find

    def collect(self) -> Iterator[Metric]:
        """Only samples whose labels are in the closed lists; not when something first happened."""
        for family in self._find():
            if family.name.startswith(_OURS):
                family.samples = [
                    each for each in family.samples
                    if _is_closed(each.labels) and not each.name.endswith("_created")
                ]  # fmt: skip
            yield family

    def describe(self) -> Iterable[Metric]:
        """Nothing before it is asked."""
        return []


def _is_closed(labels: dict[str, str]) -> bool:
    lists = metrics.LABELS
    return all(name == "le" or value in lists.get(name, ()) for name, value in labels.items())


def _families(ready: dict[str, bool], waits: dict[str, Waits], free: int | None,
              backup_at: float | None) -> Iterator[Metric]:  # fmt: skip
    yield from REGISTRY.collect()
    yield _by("comadre_part_ready", "Whether a part can do its work", "part", ready)
    depths = {name: each.depth for name, each in waits.items()}
    yield _by("comadre_queue_depth", "Messages that wait", "queue", depths)
    ages = {name: each.oldest_s for name, each in waits.items()}
    yield _by("comadre_queue_oldest_age_seconds", "Since the oldest of them came in", "queue", ages)
    yield CounterMetricFamily(
        "comadre_crisis_cards", "Conversations shown an emergency card: in tens, hourly",
        metrics.CRISES.value(),
    )  # fmt: skip
    if free is not None:
        yield GaugeMetricFamily("comadre_disk_free_bytes", "Free under COMADRE_VAR", free)
    moments = {
        "comadre_retention_sweep_timestamp_seconds": metrics.SWEPT.at_s,
        "comadre_backup_timestamp_seconds": backup_at,
    }
    for name, at_s in moments.items():
        if at_s is not None:
            yield GaugeMetricFamily(name, "When it last succeeded, in Unix time", at_s)


def _by(name: str, words: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
