"""An answer made in time that leaves late, because its vendor or our whole program was away.

The rule is that of `late.py`, at the moment of sending. What it needs lies sealed beside the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.conversation.wording import say
from connectors.contract import Outgoing, Reply
from connectors.late import LATE, SAFE, announcement, is_sensitive, may_lead, number_of_alarm
from connectors.outcome import Message, Outcome
from connectors.render import BODY, Rendered
from connectors.split import utf16_length
from connectors.turns import UNREAD

Render = Callable[[Reply], Rendered]
_KEY = "late"  # in the sealed body


@dataclass(frozen=True)
class IfLate:
    """What is known of one message of an answer."""

    language: str = "es"
    lead: bool = False  # the first: it says that it is late
    veil: bool = False  # sensitive: read when she asks for it
    number: str = ""  # of an alarm, in words that anybody may see
    replies: tuple[Mapping[str, Any], ...] = field(
        default=(), repr=False
    )  # with the first: the answer, before it was cut

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> IfLate | None:
        """None for what may leave whenever it can."""
        kept = body.get(_KEY)
        if not kept:
            return None
        known = {k: v for k, v in kept.items() if k in cls.__dataclass_fields__}
        return cls(**{**known, "replies": tuple(known.get("replies") or ())})

    def as_body(self) -> dict[str, Any]:
        """For the sealed body."""
        return {_KEY: asdict(self)}

    def is_kept_back(self, waited: timedelta, *, after_another: bool = False) -> bool:
        """Whether she only reads it when she asks. `after_another`: one before it is kept back."""
        most = LATE if after_another and not self.number else SAFE
        return self.veil and waited >= most


def if_late(
    outcome: Outcome, message: Message, replies: Sequence[Reply], outgoing: Sequence[Outgoing], *,
    said: bool,
) -> list[IfLate | None]:  # fmt: skip
    """For each of `outgoing`; `said`: that it is late already."""
    veil, lead = is_sensitive(outcome), not said and may_lead(outcome)
    if not (veil or lead) or not outgoing:
        return [None] * len(outgoing)
    number = number_of_alarm(outcome, message) if veil else ""
    each = IfLate(outcome.memory.language, veil=veil, number=number)
    kept = tuple(_alone(each).as_dict() for each in replies if each.text) if veil else ()
    return [replace(each, lead=lead, replies=kept), *[each if veil else None] * (len(outgoing) - 1)]


def _alone(reply: Reply) -> Reply:
    """Without the offer of another late answer: it is read with this one."""
    options = tuple(option for option in reply.options if option.payload != UNREAD)
    if len(options) == len(reply.options):
        return reply
    return replace(reply, options=options, kind="choices" if options else "text")


def with_lead(outgoing: Outgoing, late: IfLate, render: Render) -> Outgoing | None:
    """None where it would no longer fit into one message: then it leaves as it is."""
    (lead, *_), _ = render(Reply(say("late_lead", late.language), language=late.language))
    text = f"{lead.text}\n\n{outgoing.text}"
    if outgoing.kind == "text":
        messages, rest = render(Reply(text, language=late.language))
        if rest or len(messages) != 1:
            return None
        return replace(outgoing, text=messages[0].text, segments=messages[0].segments)
    return replace(outgoing, text=text) if utf16_length(text) <= BODY else None


def as_replies(outgoing: Outgoing, language: str) -> tuple[Mapping[str, Any], ...]:
    """Of an answer whose first part she has: this one, as it looked."""
    options = () if outgoing.kind == "text" else outgoing.options  # in a text they stand already
    reply = Reply(outgoing.text, options, "choices" if options else "text", language)
    return (reply.as_dict(),) if outgoing.text else ()


def ready(numbers: Sequence[str], language: str, render: Render) -> Outgoing:
    """That there is an answer; with the numbers of alarms."""
    messages, _ = render(announcement(numbers, language))
    return messages[-1]
