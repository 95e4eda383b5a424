"""Whatever breaks, the log does not repeat her."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.privacy.confine import confine, open_to_others
from bot.privacy.quiet import Quiet, quiet, quieted, where
from bot.settings import SettingError
from connectors.contract import IncomingMessage, Outgoing, Request
from connectors.due import Due
from connectors.jobs import hush
from tests.privacy.apart import apart
from tests.privacy.stage import RASA

HERS = "me llamo Ñandúcanaria"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def record(name: str, message: str, *values: object, error: Exception | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.ERROR, "/x/store.py", 7, message, values, info)
    return logging.Formatter().format(quieted(made))


def test_a_librarys_record_keeps_place_and_kind_and_loses_its_words() -> None:
    said = record("sqlalchemy.pool", "failed: %s", HERS, error=ValueError(HERS))

    assert HERS not in said
    assert "sqlalchemy.pool (store.py:7)" in said
    assert "ValueError" in said


def test_a_structured_record_keeps_the_events_name() -> None:
    said = record("rasa.core", json.dumps({"text": HERS, "event": "rest.message.received.failure"}))

    assert "rest.message.received.failure" in said
    assert HERS not in said


def test_an_event_that_is_no_name_is_left_out() -> None:
    assert record("rasa.core", json.dumps({"event": HERS})) == "rasa.core (store.py:7) "


def test_our_own_words_stay_without_the_traceback() -> None:
    said = record("connectors.worker", "turn %s failed", 7, error=ValueError(HERS))

    assert said == "turn 7 failed"


@pytest.mark.parametrize("number", ["+52 55 1234 9876", "5512349876", "(55) 1234-9876"])
def test_a_number_that_got_into_our_own_words_stops_there(number: str) -> None:
    assert record("connectors.worker", "sent to %s", number).rstrip("(…") == "sent to "
    assert record("connectors.worker", f"sent to {number}, 2nd").endswith("…, 2nd")


def test_a_line_of_ours_that_is_written_wrongly_ends_nothing() -> None:
    assert record("connectors.worker", "turn %d failed", "x") == "turn %d failed"


def test_a_job_that_fails_does_not_name_her(written: io.StringIO) -> None:
    hush()

    try:
        raise ValueError(HERS)
    except ValueError:
        logging.getLogger("procrastinate.worker").exception("Job answer[1](who='%s')", "pseudonym")

    assert "procrastinate.worker" in written.getvalue()
    assert "pseudonym" not in written.getvalue()
    assert HERS not in written.getvalue()


@pytest.mark.parametrize("value", [
    IncomingMessage("web", "web", HERS, HERS, text=HERS, choice=HERS, vendor_ref=HERS),
    Request("POST", "https://x", {"a": HERS}, {"b": HERS}, HERS.encode()),
    Due(1, "p", "web", HERS, Outgoing("x"), 1),
], ids=lambda value: type(value).__name__)  # fmt: skip
def test_what_is_shown_of_a_value_in_an_error_is_not_hers(value: object) -> None:
    assert "canaria" not in repr(value)


def test_a_program_that_ends_by_an_error_says_where_and_not_what(tmp_path: Path) -> None:
    program = tmp_path / "ends.py"
    program.write_text(
        f"from bot.privacy.quiet import quiet\nquiet()\nraise ValueError({HERS!r})\n"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, program], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "ended by ValueError" in done.stderr
    assert "canaria" not in done.stderr


def said_to_the_end(check: Callable[[], object], capfd: pytest.CaptureFixture[str]) -> str:
    """What a quieted program writes to its standard error."""

    def quietly() -> None:
        quiet()
        check()

    apart(quietly)
    return capfd.readouterr().err


def thrown(kind: type[BaseException], words: str) -> None:
    try:
        raise kind(words)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_an_error_that_ends_the_program_is_told_by_kind_and_place(
    capfd: pytest.CaptureFixture[str],
) -> None:
    said = said_to_the_end(lambda: thrown(ValueError, HERS), capfd)

    assert "ended by ValueError  at test_quiet.py:" in said
    assert " thrown" in said
    assert HERS not in said
    assert "raise kind" not in said


def test_our_own_sentence_for_the_operator_is_told_in_full(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for kind in (SystemExit, SettingError):
        assert "COMADRE_PORT: expected a number" in said_to_the_end(
            lambda kind=kind: thrown(kind, "COMADRE_PORT: expected a number"), capfd  # type: ignore[misc]
        )  # fmt: skip


def test_an_error_that_ends_a_thread_does_not_repeat_her(capfd: pytest.CaptureFixture[str]) -> None:
    def check() -> None:
        thread = threading.Thread(target=int, args=(HERS,))
        thread.start()
        thread.join()

    said = said_to_the_end(check, capfd)

    assert "ended by ValueError" in said
    assert HERS not in said


def test_a_thread_that_lacks_a_setting_says_which(capfd: pytest.CaptureFixture[str]) -> None:
    def lacking() -> None:
        raise SettingError("COMADRE_PORT: expected a number")

    def check() -> None:
        thread = threading.Thread(target=lacking)
        thread.start()
        thread.join()

    assert "COMADRE_PORT: expected a number" in said_to_the_end(check, capfd)


def test_a_warning_is_told_by_kind_and_place(capfd: pytest.CaptureFixture[str]) -> None:
    def check() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning(HERS, UserWarning, "/x/y/store.py", 7)

    said = said_to_the_end(check, capfd)

    assert said == "warning: UserWarning at store.py:7\n"


def test_a_warning_goes_where_its_library_wants_it() -> None:
    def check() -> None:
        quiet()
        file = io.StringIO()
        warnings.showwarning(HERS, UserWarning, "store.py", 7, file)
        assert file.getvalue() == "warning: UserWarning at store.py:7\n"

    apart(check)


def test_every_logger_is_quieted_and_what_nobody_shows_is_left_as_it_is() -> None:
    def check() -> None:
        quiet()
        make = logging.getLogRecordFactory()
        warned = make("httpx", logging.WARNING, "/x/a.py", 3, HERS, (), None)
        told = make("httpx", logging.INFO, "/x/a.py", 3, "GET %s", ("/x",), None)
        assert warned.getMessage() == "httpx (a.py:3) "
        assert told.getMessage() == "GET /x"

    apart(check)


def test_a_filter_takes_even_our_own_words() -> None:
    made = logging.LogRecord("bot.nlu", logging.ERROR, "/x/a.py", 3, HERS, (), None)

    assert Quiet().filter(made) is True
    assert made.getMessage() == "bot.nlu (a.py:3) "


def test_where_an_error_began_is_told_by_its_innermost_frames_alone() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise ValueError(HERS)

    try:
        deep(20)
    except ValueError as error:
        said = where(error.__traceback__)

    assert said.count(" > ") == 7
    assert re.fullmatch(r"(?:test_quiet\.py:\d+ deep(?: > )?){8}", said)


def test_a_record_without_an_error_is_no_trouble() -> None:
    made = logging.LogRecord("rasa", 40, "/x/a.py", 3, HERS, (), (None, None, None))

    assert quieted(made).getMessage() == "rasa (a.py:3) "


def test_the_stack_that_a_library_adds_goes_too() -> None:
    made = logging.LogRecord("bot", 40, "/x/a.py", 3, "failed", (), None, sinfo=HERS)
    made.exc_text = HERS

    assert logging.Formatter().format(quieted(made)) == "failed"


def test_nobody_else_on_the_machine_may_read_the_folder(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        folder = tmp_path / "var"
        (folder / "log").mkdir(parents=True)
        (folder / "comadre.db").write_text("x")
        assert list(open_to_others(folder))

        program = "from pathlib import Path; from bot.privacy.confine import confine; " \
                  f"f = Path({str(folder)!r}); confine(f); (f / 'new').write_text('x')"  # fmt: skip
        subprocess.run([sys.executable, "-c", program], check=True,  # noqa: S603
                       env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip

        assert list(open_to_others(folder)) == []
        assert stat.S_IMODE((folder / "comadre.db").stat().st_mode) == 0o600
        assert callable(confine)
    finally:
        os.umask(mask)


@pytest.mark.skipif(not RASA.exists(), reason="Rasa's environment is not installed")
def test_rasas_memory_goes_at_its_time_also_when_nobody_writes(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom bot.rasa.light import leave_out\nleave_out()\n"
        "from bot.rasa import tracker_store as t\nt.SWEEP_S = 0.2\n"
        "s = t.SqliteShelf(sys.argv[1])\ns.put('her-pseudonym', 'violence', 1)\n"
        "print(b'her-pseudonym' in open(sys.argv[1], 'rb').read())\ntime.sleep(2)\n"
        "print(b'her-pseudonym' in open(sys.argv[1], 'rb').read())\n"
    )
    path = tmp_path / "var" / "slots.db"

    done = subprocess.run(  # noqa: S603
        [RASA, "-W", "ignore", "-c", program, path], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
    )  # fmt: skip

    assert done.stdout.split() == ["True", "False"], done.stderr[-500:]
    assert list(open_to_others(path.parent)) == []
