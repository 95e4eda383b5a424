"""What the network sees of unanswered questions: groups, made anew at most every ten minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import yaml
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.privacy.keys import Keys
from bot.unanswered.models import Unanswered, UnansweredProposal
from bot.unanswered.similar import Group, groups
from bot.unanswered.store import forget_some, read_questions

AGAIN = timedelta(minutes=10)  # 20,000 questions take ten seconds
FEW = 2_000  # grouped in half a second
HEAD = """# Words that many women used in questions without an answer, with the topic that the network gave them. No message
# of anybody: write examples of your own with them into data/nlu, then throw this file away.
"""  # noqa: E501


@dataclass
class Looking:
    """One process's view. `least`: of so many different women at least."""

    engine: Engine
    keys: Keys
    least: int
    clock: Callable[[], datetime]
    _known: dict[str | None, tuple[datetime, list[Group]]] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)  # groups while others wait

    def groups(self, country: str | None) -> list[Group]:
        """Of one country, or with None of all of them together."""
        with self._one:
            made, found = self._known.get(country, (None, []))
            now = self.clock()
            if made is None or now - made >= AGAIN:
                with Session(self.engine) as session:
                    found = groups(read_questions(session, self.keys, country), self.least)
                self._known[country] = (now, found)
            return found

    def soon(self, country: str | None) -> list[Group]:
        """The same for a page that must not wait: where there are many questions, as last made."""
        with Session(self.engine) as session:
            many = session.scalar(select(func.count()).select_from(Unanswered)) or 0
        if many <= FEW:
            return self.groups(country)
        return self._known.get(country, (None, []))[1]

    def answer_exists(self, country: str | None, key: str, intent: str) -> bool:
        """The group becomes a proposal, and its questions go; False where it is not there, or not
        as it was: somebody may have taken hers back, and who is left may be too few."""
        group = self.group(country, key)
        return group is not None and self._changed(self._propose(group, intent))

    def dismiss(self, country: str | None, key: str) -> bool:
        """Nobody of the network answers that: its questions go, and nothing of them stays. False
        where none was left."""
        group = self.group(country, key)
        return group is not None and self._changed(self._forget(group))

    def group(self, country: str | None, key: str) -> Group | None:
        """The one that a form names; None where it is there no more."""
        return next((each for each in self.groups(country) if each.key == key), None)

    def _changed(self, is_done: bool) -> bool:
        """What is known of the groups is old now, whoever changed it."""
        with self._one:
            self._known.clear()
        return is_done

    def _forget(self, group: Group) -> bool:
        with transaction(self.engine) as session:
            return forget_some(session, list(group.ids)) > 0

    def _propose(self, group: Group, intent: str) -> bool:
        with Session(self.engine) as session:
            if forget_some(session, list(group.ids)) < len(group.ids):
                return False  # nothing is committed: those that are left stay
            session.add(
                UnansweredProposal(
                    made_on=self.clock().date(), language=group.language,
                    words=" ".join(group.words), intent=intent, people=group.people,
                )
            )  # fmt: skip
            session.commit()
        return True

    def proposals(self) -> list[UnansweredProposal]:
        """The oldest first."""
        with Session(self.engine, expire_on_commit=False) as session:
            wanted = select(UnansweredProposal).order_by(UnansweredProposal.id)
            return list(session.scalars(wanted))

    def file(self) -> str:
        """All proposals as YAML, for whoever looks after data/nlu."""
        rows = [
            {"intent": each.intent, "language": each.language, "words": each.words,
             "women": each.people, "on": each.made_on.isoformat()}
            for each in self.proposals()
        ]  # fmt: skip
        return HEAD + yaml.safe_dump(
            {"proposals": rows}, allow_unicode=True, sort_keys=False, width=120
        )

    def empty(self) -> None:
        """The file was taken."""
        with transaction(self.engine) as session:
            session.execute(delete(UnansweredProposal))
