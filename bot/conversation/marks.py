"""What a conversation keeps beside its slots: marks in the slot `told`, which no decider sees.

They tell how long ago she was asked for her country, which other country came up last, whether the
last answer was for it, that her number tells nothing, for whom she writes, that refuge came up, how
many ordinary answers followed an alarm, that somebody of hers died, that she carries a child, what
she has said no to, and which statements and services she was told last.
Nothing of them is anything she wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.conversation.another import Helped
from bot.conversation.state import Last, State

_SIGN = ":"  # no id of a statement begins with it
_ASKED, _THEIRS = f"{_SIGN}asked.", f"{_SIGN}theirs"
_THERE, _LOST = f"{_SIGN}there.", f"{_SIGN}lost"
_LAST, _LACKED, _STUCK = f"{_SIGN}last.", f"{_SIGN}lacked", f"{_SIGN}stuck"
_REFUGE, _CALM = f"{_SIGN}refuge", f"{_SIGN}calm."
_VANISHES = f"{_SIGN}vanishes"
_PREGNANT = f"{_SIGN}pregnant"
_MOURNS, _NO = f"{_SIGN}mourns", f"{_SIGN}no."
_FOR = f"{_SIGN}for."  # who, where, the matter; "-" for what is not known
_UNKNOWN = "-"


@dataclass(frozen=True)
class Marks:
    """`asked`: turns since she was asked for her country; None where she never was."""

    asked: int | None = None
    theirs: bool = False  # the country spoken of last is where she is not
    there: str | None = None  # the last other country: a relative's, the one she left, her goal
    lost: bool = False  # her number is of a country in which she no longer is
    last: Last = field(default_factory=Last)
    helped: Helped | None = None  # the one for whom she writes, until she says otherwise
    refuge: bool = False  # she asked for it, or fears her government
    calm: int = 0  # ordinary answers since the last sign of danger
    vanishes: bool = False  # she was told that the chat goes: bot/conversation/vanishing.py
    mourns: bool = False  # somebody of hers has died: bot/conversation/the_dead.py
    pregnant: bool = False  # she, or the one of whom she tells, carries a child
    noes: frozenset[str] = frozenset()  # keys: bot/conversation/her_no.py


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
    helped = next((_helped(e.removeprefix(_FOR)) for e in own if e.startswith(_FOR)), None)
    calm = sum(each.startswith(_CALM) for each in own)
    noes = frozenset(each.removeprefix(_NO) for each in own if each.startswith(_NO))
    marks = Marks(asked, _THEIRS in own, there, _LOST in own, last, helped, _REFUGE in own, calm,
                  _VANISHES in own, _MOURNS in own, _PREGNANT in own, noes)  # fmt: skip
    return state.but(told=told), marks


def put_on(state: State, marks: Marks) -> State:
    """The state to be kept."""
    own = [] if marks.asked is None else [f"{_ASKED}{marks.asked}"]
    own += [_THEIRS] if marks.theirs else []
    own += [f"{_THERE}{marks.there}"] if marks.there else []
    own += [_LOST] if marks.lost else []
    own += [_REFUGE] if marks.refuge else []
    own += [f"{_LAST}{each}" for each in marks.last.told]
    own += [_LACKED] if marks.last.lacked else []
    own += [_STUCK] if marks.last.stuck else []
    own += [_VANISHES] if marks.vanishes else []
    own += [_MOURNS] if marks.mourns else []
    own += [_PREGNANT] if marks.pregnant else []
    own += [f"{_NO}{each}" for each in sorted(marks.noes)]
    own += [f"{_CALM}{each}" for each in range(marks.calm)]
    if marks.helped:
        parts = (marks.helped.who, marks.helped.at, marks.helped.matter)
        own.append(_FOR + ".".join(each or _UNKNOWN for each in parts))
    return state.but(told=(*own, *state.told))


def _helped(mark: str) -> Helped | None:
    """Whom a mark means; None where it is no such mark."""
    parts = mark.split(".")
    if len(parts) != 3:
        return None
    who, at, matter = (None if each == _UNKNOWN else each for each in parts)
    return Helped(who, at, matter) if who else None
