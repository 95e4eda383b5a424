"""Work that takes longer than anybody waits for a page: done beside it, with how far it is.

It is known to the process that began it alone. Whoever asks another one, or comes back after a
restart, finds what was done where it always stands: in the list of earlier sheets.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging import getLogger

LOG = getLogger(__name__)
MOST_KEPT = 20


class UnderWay(Exception):
    """That sheet is being written or taken back just now."""


@dataclass
class Work:
    """`result` is "" while it goes on, then what is to be said of it."""

    account_id: int
    kind: str
    whole: int
    done: int = 0
    result: str = ""
    batch: str = ""  # of the sheet that it writes or takes back
    thread: threading.Thread | None = None

    def tell(self, many: int) -> None:
        """So many more are done."""
        self.done += many

    @property
    def share(self) -> int:
        """Of a hundred."""
        return 100 if self.result else 100 * self.done // max(self.whole, 1)


@dataclass
class Works:
    """Of one process; the oldest are forgotten."""

    _works: dict[str, Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, work: Work, do: Callable[[Work], str]) -> str:
        """Begins it; the name under which it is asked for. Raises UnderWay."""
        name = self._entered(work)

        def run() -> None:
            try:
                work.result = do(work)
            except Exception as error:
                LOG.error("%s failed: %s", work.kind, type(error).__name__)
                work.result = "failed"

        work.thread = threading.Thread(target=run, daemon=True, name=f"portal-{work.kind}")
        work.thread.start()
        return name

    @contextmanager
    def held(self, work: Work) -> Iterator[None]:
        """What is short and done at once: meanwhile nobody else begins with that sheet. Raises
        UnderWay."""
        name = self._entered(work)
        try:
            yield
        finally:
            with self._lock:
                del self._works[name]

    def _entered(self, work: Work) -> str:
        name = secrets.token_urlsafe(12)
        with self._lock:
            if work.batch and self.is_on(work.batch):
                raise UnderWay
            self._works[name] = work
            for old in list(self._works)[:-MOST_KEPT]:
                if self._works[old].result:
                    del self._works[old]
        return name

    def is_on(self, batch: str) -> bool:
        """Whether that sheet is being written or taken back just now."""
        return any(each.batch == batch and not each.result for each in list(self._works.values()))

    def find(self, name: str, account_id: int) -> Work | None:
        """Hers."""
        work = self._works.get(name)
        return work if work and work.account_id == account_id else None
