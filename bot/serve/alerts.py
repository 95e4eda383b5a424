"""The alerts with everything they need, and as gauges for Prometheus."""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from bot.analytics.alerts.rules import KINDS
from bot.analytics.alerts.watch import Watch
from bot.analytics.publish import Rule
from bot.serve.parts import Parts
from bot.telemetry import metrics
from connectors.failing import failing

log = logging.getLogger(__name__)
metrics.LABELS["kind"] |= set(KINDS)


def watching(parts: Parts) -> Watch:
    """As this installation protects its figures."""
    settings = parts.settings
    rule = Rule(settings.figures_threshold, epsilon=settings.figures_epsilon)
    return Watch(parts.engine, parts.clock, rule, partial(failing, parts.engine))


def count_alerts(watch: Watch) -> None:
    """Into the gauge, by kind: no topic, no country. A database that is away changes nothing."""
    try:
        found = Counter(each.kind for each in watch.alerts())
    except SQLAlchemyError as error:
        log.error("alerts not looked for: %s", type(error).__name__)
        return
    for kind in KINDS:
        metrics.ALERTS.labels(kind).set(found[kind])
