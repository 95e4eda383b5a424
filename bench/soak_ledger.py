"""What was said in a soak, and what became of it: lost, sent twice, out of order, and how soon."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from connectors.twin import Said
from connectors.twin_server import Taken
from connectors.twins import Twins

TOKEN = re.compile(r"q(\d+)x(\d+)")


@dataclass
class Ledger:
    """Each message holds a token of its own, so that every reply says what it answers.

    Rasa itself does not repeat a token: then `texts` are said, and `links`, made of our own rows,
    tell of each of a vendor's ids which message it answers. That an answer comes is none yet: what
    `is_promise` finds counts neither as an answer nor in its order.
    """

    twins: Twins
    asked: Counter[str]  # tokens that the stand-in for Rasa was asked about
    texts: Sequence[str] = ()
    links: dict[str, str] = field(default_factory=dict)  # a vendor's id: token
    is_promise: Callable[[str], bool] = lambda _: False
    alarms: frozenset[str] = frozenset()  # of `texts`: after them she is in danger
    in_danger: dict[int, int] = field(default_factory=dict)  # person: from which message on
    said: dict[str, tuple[str, str]] = field(default_factory=dict)  # token: (channel, message id)
    inbox_ids: dict[str, str] = field(default_factory=dict)  # token: the id that our inbox knows
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000))

    def say(self, person: int, number: int) -> None:
        """Her next message."""
        channel, address = _address(person)
        message_id = f"SM{person:016x}{number:016x}"
        token = f"q{person}x{number}"
        self.said[token] = (channel, message_id)
        update = next(self._numbers)
        self.inbox_ids[token] = str(update) if channel == "telegram" else message_id
        text = self.texts[len(self.said) % len(self.texts)] if self.texts else f"¿{token}?"
        if text in self.alarms:
            self.in_danger.setdefault(person, number)
        self.twins.of(channel).say(address, Said(message_id, update, text=text))

    def answers(self, taken: Taken) -> list[str]:
        """The tokens of what a message of ours answers."""
        if self.is_promise(taken.text):
            return []
        if self.texts:
            return [self.links[taken.vendor_id]] if taken.vendor_id in self.links else []
        return [match[0] for match in TOKEN.finditer(taken.text)]

    def answered(self) -> set[str]:
        """The tokens of which a vendor has taken an answer."""
        return {token for twin in self.twins.all() for each in twin.taken
                for token in self.answers(each)}  # fmt: skip

    def taken(self) -> int:
        """How many messages of ours the vendors have taken."""
        return sum(len(twin.taken) for twin in self.twins.all())

    def count(self, people: int) -> dict[str, Any]:
        """The figures."""
        answered, times = self.answered(), []
        doubled: Counter[str] = Counter()
        for twin in self.twins.all():
            copies = Counter((each.address, each.text) for each in twin.taken)
            doubled[twin.name] += (
                # What the vendor has and no row of ours knows of was sent a second time.
                sum(each.vendor_id not in self.links for each in twin.taken) if self.texts
                else sum(n - 1 for n in copies.values())
            )  # fmt: skip
            times += twin.answer_times
        waits = self._waits()
        pairs = [pair for person in range(people) for pair in self._out_of_order(person)]
        wrong = [pair for pair in pairs if not self._may_overtake(pair[1])]
        return {
            "accepted": sum(self._is_acknowledged(token) for token in self.said),
            "lost": sum(self._is_acknowledged(t) for t in self.said if t not in answered),
            "never_accepted": sum(not self._is_acknowledged(token) for token in self.said),
            "sent_twice": dict(doubled),
            "asked_twice": sum(n - 1 for n in self.asked.values()),
            "out_of_order": len(wrong), **({"these": wrong} if wrong else {}),
            **({"overtook_in_danger": len(pairs) - len(wrong)} if self.alarms else {}),
            "acknowledge_ms": _spread(times), "answer_ms": _spread(waits),
        }  # fmt: skip

    def _is_acknowledged(self, token: str) -> bool:
        channel, message_id = self.said[token]
        return message_id in self.twins.of(channel).acknowledged

    def _waits(self) -> list[float]:
        found = []
        for twin in self.twins.all():
            offset = time.time() - time.monotonic()
            for each in twin.taken:
                for token in self.answers(each):
                    message_id = self.said[token][1]
                    if message_id in twin.acknowledged:
                        found.append(each.at - offset - twin.acknowledged[message_id])
        return found

    def _may_overtake(self, token: str) -> bool:
        """By design: what she writes in danger does not stand behind what waits for Rasa."""
        person, number = _numbers(token)
        return number > self.in_danger.get(person, number)

    def _out_of_order(self, person: int) -> list[tuple[str, str]]:
        """Pairs that were answered in the other order than that in which she wrote them.

        Counted only where we had taken the one in before the other was posted at all: the twins mix
        up the rest on purpose, and no vendor but Telegram says which came first.
        """
        channel, address = _address(person)
        twin = self.twins.of(channel)
        order = [token for each in twin.taken if each.address == address
                 for token in self.answers(each)]  # fmt: skip
        first = list(dict.fromkeys(order))
        wrong = []
        for place, late in enumerate(first):
            posted = twin.posted[self.said[late][1]]
            for early in first[place + 1 :]:
                taken = twin.acknowledged.get(self.said[early][1])
                if _numbers(early) < _numbers(late) and taken is not None and taken < posted:
                    wrong.append((early, late))
        return wrong


def _numbers(token: str) -> tuple[int, int]:
    """The person's, and her message's."""
    person, _, number = token.removeprefix("q").partition("x")
    return int(person), int(number)


def _address(person: int) -> tuple[str, str]:
    number = f"5037{person:07}"
    return (
        ("telegram", number), ("whatsapp", number), ("twilio", f"+{number}"),
        ("twilio", f"whatsapp:+{number}"),
    )[person % 4]  # fmt: skip


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    parts = quantiles([1_000 * s for s in seconds], n=100)
    return {"p50": round(parts[49], 1), "p99": round(parts[98], 1)}
