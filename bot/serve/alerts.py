"""The alerts with everything they need, and as gauges for Prometheus."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from bot.analytics.alerts.rules import KINDS
from bot.analytics.alerts.watch import Watch
from bot.analytics.counted import Counted
from bot.analytics.publish import Rule
from bot.privacy.keys import Keys
from bot.settings import Settings
from bot.telemetry import metrics
from connectors.failing import failing

log = logging.getLogger(__name__)
metrics.LABELS["kind"] |= set(KINDS)


def watching(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Watch:
    """As this installation protects its figures."""
    rule = Rule(settings.figures_threshold, epsilon=settings.figures_epsilon)
    counted = Counted(engine, Keys(settings.secret_key))
    return Watch(engine, clock, rule, partial(failing, engine), counted)


def count_alerts(watch: Watch) -> None:
    """Into the gauge, by kind: no topic, no country. A database that is away changes nothing."""
    try:
        found = Counter(each.kind for each in watch.alerts())
    except Exception as error:  # any failure of any driver means the same here
        log.error("alerts not looked for: %s", type(error).__name__)
        return
    for kind in KINDS:
        metrics.ALERTS.labels(kind).set(found[kind])
