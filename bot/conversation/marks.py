"""What a conversation keeps beside its slots: marks in the slot `told`, which no decider sees.

They tell how long ago she was asked for her country, which other country came up last, whether the
last answer was for it, that her number tells nothing, and which statements and services she was
told last. Nothing of them is anything she wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.conversation.state import Last, State

_SIGN = ":"  # no id of a statement begins with it
_ASKED, _THEIRS = f"{_SIGN}asked.", f"{_SIGN}theirs"
_THERE, _LOST = f"{_SIGN}there.", f"{_SIGN}lost"
_LAST, _LACKED, _STUCK = f"{_SIGN}last.", f"{_SIGN}lacked", f"{_SIGN}stuck"


@dataclass(frozen=True)
class Marks:
    """`asked`: turns since she was asked for her country; None where she never was."""

    asked: int | None = None
    theirs: bool = False  # the country spoken of last is where she is not
    there: str | None = None  # the last other country: a relative's, the one she left, her goal
    lost: bool = False  # her number is of a country in which she no longer is
    last: Last = field(default_factory=Last)


NONE = Marks()


def taken_off(state: State) -> tuple[State, Marks]:
    """The state as the deciders know it, and its marks."""
    own = [each for each in state.told if each.startswith(_SIGN)]
    counts = [each.removeprefix(_ASKED) for each in own if each.startswith(_ASKED)]
    asked = int(counts[0]) if counts and counts[0].isdigit() else None
    there = next((e.removeprefix(_THERE) for e in own if e.startswith(_THERE)), None)
    ids = tuple(each.removeprefix(_LAST) for each in own if each.startswith(_LAST))
    last = Last(ids, lacked=_LACKED in own, stuck=_STUCK in own)
    told = tuple(each for each in state.told if not each.startswith(_SIGN))
    return state.but(told=told), Marks(asked, _THEIRS in own, there, _LOST in own, last)


def put_on(state: State, marks: Marks) -> State:
    """The state to be kept."""
    own = [] if marks.asked is None else [f"{_ASKED}{marks.asked}"]
    own += [_THEIRS] if marks.theirs else []
    own += [f"{_THERE}{marks.there}"] if marks.there else []
    own += [_LOST] if marks.lost else []
    own += [f"{_LAST}{each}" for each in marks.last.told]
    own += [_LACKED] if marks.last.lacked else []
    own += [_STUCK] if marks.last.stuck else []
    return state.but(told=(*own, *state.told))
