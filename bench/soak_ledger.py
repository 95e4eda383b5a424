"""What was said in a soak, and what became of it: lost, sent twice, out of order, and how soon."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from connectors.twin import Said
from connectors.twin_server import Taken, Twin
from connectors.twins import Twins

TOKEN = re.compile(r"q(\d+)x(\d+)")
Answers = Mapping[str, Sequence[tuple[Taken, list[str]]]]  # by the twin's name


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
    is_alarm: Callable[[str], bool] = lambda _: False  # of our answers: she is in danger
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
        self.twins.of(channel).say(address, Said(message_id, update, text=text))

    def answers(self, twin: Twin) -> list[tuple[Taken, list[str]]]:
        """What the vendor has taken of ours, each with the tokens of what it answers: of what was
        promised, only what came after the promise."""
        found, promised = [], set[str]()
        for taken in reversed(twin.taken):
            tokens = self._about(taken)
            if self.texts and self.is_promise(taken.text):
                promised.update(tokens)
            found.append((taken, [token for token in tokens if token not in promised]))
        return found[::-1]

    def _about(self, taken: Taken) -> list[str]:
        if self.texts:
            return [self.links[taken.vendor_id]] if taken.vendor_id in self.links else []
        return [match[0] for match in TOKEN.finditer(taken.text)]

    def answered(self) -> set[str]:
        """The tokens of which a vendor has taken an answer."""
        return _answered({twin.name: self.answers(twin) for twin in self.twins.all()})

    def taken(self) -> int:
        """How many messages of ours the vendors have taken."""
        return sum(len(twin.taken) for twin in self.twins.all())

    def count(self, people: int) -> dict[str, Any]:
        """The figures."""
        answers: Answers = {twin.name: self.answers(twin) for twin in self.twins.all()}
        answered, times = _answered(answers), []
        doubled: Counter[str] = Counter()
        for twin in self.twins.all():
            copies = Counter((each.address, each.text) for each in twin.taken)
            doubled[twin.name] += (
                # What the vendor has and no row of ours knows of was sent a second time.
                sum(each.vendor_id not in self.links for each in twin.taken) if self.texts
                else sum(n - 1 for n in copies.values())
            )  # fmt: skip
            times += twin.answer_times
        waits = self._waits(answers)
        pairs = [pair for person in range(people) for pair in self._out_of_order(person, answers)]
        in_danger = self._in_danger(answers)
        wrong = [pair for pair in pairs if pair[1] not in in_danger]
        return {
            "accepted": sum(self._is_acknowledged(token) for token in self.said),
            "lost": sum(self._is_acknowledged(t) for t in self.said if t not in answered),
            "never_accepted": sum(not self._is_acknowledged(token) for token in self.said),
            "sent_twice": dict(doubled),
            "asked_twice": sum(n - 1 for n in self.asked.values()),
            "out_of_order": len(wrong), **({"these": wrong} if wrong else {}),
            **({"overtook_in_danger": len(pairs) - len(wrong)} if self.texts else {}),
            "acknowledge_ms": _spread(times), "answer_ms": _spread(waits),
        }  # fmt: skip

    def _is_acknowledged(self, token: str) -> bool:
        channel, message_id = self.said[token]
        return message_id in self.twins.of(channel).acknowledged

    def _waits(self, answers: Answers) -> list[float]:
        found = []
        for twin in self.twins.all():
            offset = time.time() - time.monotonic()
            for each, tokens in answers[twin.name]:
                for token in tokens:
                    message_id = self.said[token][1]
                    if message_id in twin.acknowledged:
                        found.append(each.at - offset - twin.acknowledged[message_id])
        return found

    def _in_danger(self, answers: Answers) -> set[str]:
        """What was answered after an alarm of hers: by design it does not stand behind what waits
        for Rasa."""
        found, alarmed = set(), set()
        for twin in self.twins.all():
            for each, tokens in answers[twin.name]:
                if each.address in alarmed:
                    found.update(tokens)
                if tokens and self.is_alarm(each.text):
                    alarmed.add(each.address)
        return found

    def _out_of_order(self, person: int, answers: Answers) -> list[tuple[str, str]]:
        """Pairs that were answered in the other order than that in which she wrote them.

        Counted only where we had taken the one in before the other was posted at all: the twins mix
        up the rest on purpose, and no vendor but Telegram says which came first.
        """
        channel, address = _address(person)
        twin = self.twins.of(channel)
        order = [token for each, tokens in answers[twin.name] if each.address == address
                 for token in tokens]  # fmt: skip
        first = list(dict.fromkeys(order))
        wrong = []
        for place, late in enumerate(first):
            posted = twin.posted[self.said[late][1]]
            for early in first[place + 1 :]:
                taken = twin.acknowledged.get(self.said[early][1])
                if _numbers(early) < _numbers(late) and taken is not None and taken < posted:
                    wrong.append((early, late))
        return wrong


def _answered(answers: Answers) -> set[str]:
    return {token for each in answers.values() for _, tokens in each for token in tokens}


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
