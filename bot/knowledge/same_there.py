"""The same question for another country: what answers there what she was told elsewhere.

Her words are gone when she names the place; the statement that she was told last still says what
she asked. Of the new country's statements on the topic the one that says the most alike answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.knowledge.closeness import closeness
from bot.knowledge.library import Library
from bot.knowledge.lifecycle import may_be_told
from bot.knowledge.models import Statement

# Of 60 pairs drawn by chance from two countries, the closest on the topic spoke of the same side of
# it in nearly all from here on, and in few below.
ALIKE = 0.5


def same_there(library: Library, told: Sequence[Statement], intent: str, country: str,
               today: date) -> Statement | None:  # fmt: skip
    """The statement on `intent` of `country` that says the same as one of `told`, which are of
    other countries; None where none comes near, or its meaning is not known."""
    near = closeness(library, country)
    last = [said for each in told if each.country != country
            for said in closeness(library, each.country).told([each.id])]  # fmt: skip
    if not last or near.missing:
        return None
    how = dict(zip(near.ids, near.alike(last).tolist(), strict=True))
    known = [each for each in library.of(country).by_topic.get(intent, ())
             if how.get(each.id, 0.0) >= ALIKE and may_be_told(each, today)]  # fmt: skip
    return max(known, key=lambda each: how[each.id], default=None)
