"""`comadre serve`: gateway, worker and actions in one process, or each in its own."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import httpx
import uvicorn
from starlette.routing import BaseRoute

from bot.analytics.counted import Counted
from bot.analytics.noise import sure_of_noise
from bot.analytics.publish import Rule
from bot.analytics.recorder import Recorder
from bot.conversation.cues import read_cues
from bot.database import migrate
from bot.portal.mailing import Postwoman, every_day
from bot.portal.post import MailAccount
from bot.portal.routes import routes as portal_routes
from bot.portal.secrets import Secrets
from bot.privacy.confine import confine
from bot.privacy.quiet import quiet
from bot.privacy.shield import App, Shield
from bot.safety.gate import gate
from bot.serve import gateway, health
from bot.serve.directory_api import routes as directory_routes
from bot.serve.parts import Parts, assemble, count_turn
from bot.serve.simulator import routes as simulator_routes
from bot.settings import Settings
from bot.telemetry import logs, metrics, tracing
from connectors import jobs
from connectors.claimed import Claimed
from connectors.contract import Outgoing
from connectors.leases import workers
from connectors.loop import Loop
from connectors.outcome import Outcome

if TYPE_CHECKING:
    from bot.unanswered.recorder import Unanswerer

ROLES = ("gateway", "worker", "actions")


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the program stops all its parts together."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own signature
        """Nothing captured."""
        yield


def _server(app: App, port: int, host: str) -> _Server:
    # Uvicorn would log tracebacks, whose text may hold what she wrote; ours logs the kind of error.
    # Whose call it is, a proxy on this machine may say and nobody else, whatever the environment.
    config = uvicorn.Config(app, host=host, port=port, log_level="critical", access_log=False,
                            server_header=False, timeout_graceful_shutdown=3,
                            proxy_headers=True, forwarded_allow_ips="127.0.0.1")  # fmt: skip
    return _Server(config)


def pages(parts: Parts) -> list[BaseRoute]:
    """What is served beside the webhooks."""
    return [*simulator_routes(parts), *directory_routes(parts), *portal_routes(parts)]


def uses_jobs(settings: Settings, parts: Parts) -> bool:
    """Whether messages are handed out by Procrastinate; COMADRE_QUEUE=rows leaves it out."""
    return jobs.is_possible(parts.engine) and settings.environment.get("COMADRE_QUEUE") != "rows"


def runner(parts: Parts) -> Loop | jobs.JobRunner:
    """What takes messages from inbox and outbox, as the database allows."""
    if uses_jobs(parts.settings, parts):
        return jobs.JobRunner(parts.worker, parts.settings.database_url)
    return Loop(parts.worker)


async def serve(settings: Settings, roles: Sequence[str] = ROLES) -> None:
    """Until SIGINT or SIGTERM; then every part ends its work and stops."""
    confine(settings.folder)
    quiet()
    if settings.log_format == "json":
        logs.write_json()
    traces = None
    if settings.traces_url:
        traces = tracing.start(settings.traces_url, role="+".join(sorted(roles)))
    sure_of_noise(settings.figures_epsilon)
    migrate(settings.database_url)
    async with httpx.AsyncClient() as client:
        parts = assemble(settings, client)
        postwoman = _postwoman(parts)
        parts.running.update(roles)
        if "gateway" not in roles:  # no page is served here: each fetches its replies elsewhere
            parts.worker.lays = frozenset({"web"})
        if uses_jobs(settings, parts):
            jobs.prepare(parts.engine)
            parts.store = replace(parts.store, announce=jobs.announce)
        if {"gateway", "worker"} & set(roles):  # a lone gateway looks for what is urgent too
            redacts = settings.unanswered and "worker" in roles
            await asyncio.to_thread(_warm_up, unanswered=redacts)
        servers: list[_Server] = []
        if "gateway" in roles:
            shielded = Shield(
                gateway.application(parts, pages(parts)),
                https=settings.public_url.startswith("https"),
            )
            host = settings.environment.get("COMADRE_HOST") or "127.0.0.1"
            servers.append(_server(shielded, settings.port, host))
        if settings.metrics_port:
            host = settings.environment.get("COMADRE_METRICS_HOST") or "127.0.0.1"
            servers.append(_server(health.application(parts), settings.metrics_port, host))
        if "actions" in roles:
            # Seconds of imports, for which a lone gateway or worker need not wait.
            from actions.registry import executor
            from bot.serve import actions

            app = actions.application(executor(parts.world), settings.rasa_token)
            servers.append(_server(app, settings.actions_port, "127.0.0.1"))
        _settle()
        tasks = [asyncio.create_task(server.serve()) for server in servers]
        recorder = Recorder(
            Counted(parts.engine, parts.keys), processes=partial(workers, parts.engine),
            rule=Rule(settings.figures_threshold, epsilon=settings.figures_epsilon,
                      report_days=settings.report_days),
            on_crisis=metrics.CRISES.add,
        )  # fmt: skip
        unanswerer = _unanswerer(parts)
        if "worker" in roles:
            parts.worker.on_turn = _counting(recorder, unanswerer)
            parts.worker.on_sent = recorder.on_sent
            recorder.start()
            tasks.append(asyncio.create_task(runner(parts).run(), name="worker"))
            if postwoman is not None:
                tasks.append(asyncio.create_task(every_day(postwoman, parts.clock), name="worker"))
        await _until_stopped(tasks, servers)
        await asyncio.to_thread(recorder.stop)
        if unanswerer is not None:
            await asyncio.to_thread(unanswerer.stop)
        parts.engine.dispose()
        if traces is not None:  # the last ones are sent
            await asyncio.to_thread(traces.shutdown)


def _warm_up(*, unanswered: bool) -> None:
    """The gate and the cues read their lists at their first use, which takes seconds: no woman
    shall wait for that, least of all in danger. So does the redaction, where it is wanted."""
    gate("hola", style="web")
    read_cues("hola")
    if unanswered:
        from bot.privacy.redact import redact  # two seconds of imports

        for language in ("es", "en"):
            redact("hola", language)


def _settle() -> None:
    """What is loaded by now stays for good: were it not set apart, each full collection of garbage
    would look at all of it, in the middle of somebody's answer."""
    gc.collect()
    gc.freeze()


def _postwoman(parts: Parts) -> Postwoman | None:
    """Where there is a server for mail: an administrator may turn reminders on at any time. Raises
    SettingError where they are wanted and could not leave."""
    settings = parts.settings
    if not settings.reminders and not settings.environment.get("COMADRE_SMTP_HOST"):
        return None
    account = MailAccount.read(settings.environment)
    return Postwoman(parts.engine, Secrets(settings.secret_key), settings.public_url,
                     account.sender, account.send, settings.reminders)  # fmt: skip


def _unanswerer(parts: Parts) -> Unanswerer | None:
    if not parts.settings.unanswered:
        return None
    from bot.unanswered.recorder import Unanswerer  # as in _warm_up

    return Unanswerer(parts.engine, parts.keys)


def _counting(
    recorder: Recorder, unanswerer: Unanswerer | None
) -> Callable[[Claimed, Outcome, list[Outgoing]], None]:
    """What is counted of a turn: for the machine's operators, and for the figures; what is kept
    of one without an answer, where that is wanted."""

    def count(claimed: Claimed, outcome: Outcome, outgoing: list[Outgoing]) -> None:
        count_turn(claimed, outcome, outgoing)
        if outcome.waits:  # counted for the figures when it is answered
            return
        recorder.on_turn(claimed, outcome, outgoing)
        if unanswerer is not None:
            unanswerer.on_turn(claimed, outcome, outgoing)

    return count


async def _until_stopped(tasks: list[asyncio.Task[None]], servers: list[_Server]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    if waiting not in done:
        waiting.cancel()
        # A part ended by itself: say which error, and let the supervisor see a failure.
        for task in done:
            task.result()
        raise SystemExit("a part of the program ended unexpectedly")
    for task in tasks:
        if task.get_name() == "worker":
            task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait(tasks, timeout=5)
