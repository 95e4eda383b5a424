"""Addresses, towns and other places below a state; countries and states stay."""

from __future__ import annotations

from collections.abc import Collection

from bot.privacy.redact_marks import Marks
from bot.privacy.word_lists import places

# Words, at most.
LONGEST_ADDRESS, STREET_NAME, TO_THE_DOOR, LANDMARK, TO_THE_BLOCK, CALLED = 10, 5, 4, 6, 8, 5
BEFORE = frozenset(["en", "de", "desde", "a", "hacia", "para", "por", "in", "from", "at", "near",
                    "to", "hasta", "sobre"])  # fmt: skip
CLAUSE_ENDS = frozenset([".", ",", ";", ":", "!", "?", ")", "…", "-"])
ALSO_WORDS = frozenset("aeiouy")  # single letters that are words of every day


def mark_places(marks: Marks) -> None:
    """All of them."""
    _mark_towns(marks)
    for place in marks.after("street"):
        _mark_street(marks, place)
    for _, end in marks.signs.get("street", ()):
        _mark_ordinal_before(marks, end - 2)
    for start, end in marks.signs.get("street_ends", ()):
        _mark_street_before(marks, start, end)
    for start, end in marks.signs.get("numbered", ()):
        _mark_numbered(marks, start, end)
    for place in marks.after("beside"):
        _mark_beside(marks, place)
    for start, end in marks.signs.get("blocks", ()):
        _mark_blocks(marks, start, end)
    for start, end in marks.signs.get("cardinals", ()):
        _mark_quarter(marks, start, end)
    for place in marks.after("called"):
        _mark_called(marks, place)


def _mark_towns(marks: Marks) -> None:
    known = places()
    surely = set(marks.after("town_after"))
    place = 0
    while place < len(marks.words):
        for length in range(min(known.longest, len(marks.words) - place), 0, -1):
            part = range(place, place + length)
            written = (marks.words[each].plain for each in part)
            key = " ".join(each for each in written if each != "-").removesuffix("'s")
            if key in known.wide:
                marks.wide.update(part)
                break
            if key in known.towns and _is_meant(marks, part, known.towns[key], place in surely):
                marks.mark(part, "town")
                break
        else:
            length = 1
        place += length


def _is_meant(marks: Marks, part: range, is_odd: bool, surely: bool) -> bool:
    """Whether the town is meant, and not a word of every day."""
    words = [marks.words[each] for each in part]
    if surely:  # but "la" of "vivo en la casa" is not Los Angeles
        return any(marks.words[each].inside or not marks.is_joint(each) for each in part)
    if is_odd or (len(part) == 1 and marks.is_common(part[0])):
        return any(each.inside for each in words)
    before = marks.words[part[0] - 1].plain if part[0] else ""
    all_common = all(marks.is_common(each) for each in part)
    return not all_common or any(each.inside for each in words) or before in BEFORE


def _takes(marks: Marks, place: int) -> bool:
    """Whether an address goes on with this word."""
    word, signs = marks.words[place], marks.known.signs
    if word.is_number or word.inside:
        return True
    return word.plain in signs["numbered"] | signs["directions"] or not marks.is_common(place)


def _mark_street(marks: Marks, place: int) -> None:
    taken: list[int] = []
    is_named = False  # not yet by "la" of "avenida de la esperanza"
    for at in marks.following(place, LONGEST_ADDRESS):
        word = marks.words[at]
        if word.plain in ("#", "-", ".", "°"):
            continue
        if not (word.is_word or word.is_number):
            break
        is_joint = marks.is_joint(at)
        if is_joint and not word.inside:
            continue
        first = not is_named and word.plain not in marks.known.everywhere
        if not (first or _takes(marks, at)):
            break
        taken.append(at)
        is_named |= not is_joint
    marks.mark(taken, "address")


def _mark_ordinal_before(marks: Marks, place: int) -> None:
    if place >= 0 and marks.words[place].is_number:
        marks.mark([place], "address")


def _mark_street_before(marks: Marks, start: int, end: int) -> None:
    """English: the name comes first, the door's number before it."""
    taken: list[int] = []
    for at in marks.before(start, STREET_NAME):
        word = marks.words[at]
        if not (word.is_number or (word.is_word and (word.inside or not marks.is_common(at)))):
            break
        taken.append(at)
    if taken or marks.words[start].inside:
        marks.mark([*taken, start], "address")
        _mark_door(marks, end, ("#", ",", "."))


def _mark_door(marks: Marks, place: int, between: Collection[str]) -> bool:
    """Numbers and letters alone, perhaps after one of these; whether there were any."""
    found: list[int] = []
    for at in marks.following(place, TO_THE_DOOR):
        word = marks.words[at]
        if word.is_number or _is_letter(marks, at):
            found.append(at)
        elif word.plain not in between or (found and word.plain == "."):  # "casa 5. 3 hijos"
            break
    marks.mark(found, "address")
    return bool(found)


def _is_letter(marks: Marks, place: int) -> bool:
    """The one of "apto A", but not "I" of "the room I sleep in", nor "A" of "no tengo casa. A
    veces": a letter that is also a word must be the last of its clause."""
    word = marks.words[place]
    if len(word.plain) != 1 or not word.is_word or not word.inside:
        return False
    if word.plain not in ALSO_WORDS or place + 1 == len(marks.words):
        return True
    after = marks.words[place + 1]
    return after.plain in CLAUSE_ENDS or (after.capital and not after.inside)  # a new line


def _mark_numbered(marks: Marks, start: int, end: int) -> None:
    if _mark_door(marks, end, ("#", ".", ":", "no", "numero")):
        marks.mark(range(start, end), "address")


def _mark_beside(marks: Marks, place: int) -> None:
    """What she lives beside: until the next word that holds sentences together."""
    for at in marks.following(place, LANDMARK):
        word = marks.words[at]
        if not word.is_word:
            break
        if marks.is_joint(at) and not word.inside:
            continue
        if word.plain in marks.known.everywhere and not word.inside and _holds(marks, at):
            break
        marks.mark([at], "address")


def _holds(marks: Marks, place: int) -> bool:
    return len(marks.words[place].plain) <= 3


def _mark_blocks(marks: Marks, start: int, end: int) -> None:
    """From the landmark to where it is counted to: "de la iglesia media cuadra al sur"."""
    signs = marks.known.signs
    first = start
    for at in marks.before(start, TO_THE_BLOCK):
        if not (marks.words[at].is_word or marks.words[at].is_number):
            break
        if marks.words[at].plain in signs["block_starts"]:
            first = at + 1
    last = end
    while last < len(marks.words) and marks.words[last].plain in signs["directions"]:
        last += 1
    if end - start + 1 < last - first:  # more than "cuadras abajo"
        marks.mark(range(first, last), "address")
    for at in range(end, min(last + 1, len(marks.words))):  # "dos cuadras al sur del molino"
        if marks.words[at].plain in signs["block_ends"]:
            _mark_beside(marks, at + 1)
            break


def _mark_quarter(marks: Marks, start: int, end: int) -> None:
    """Streets that have no name: "4a norte", "5ta norte poniente"."""
    if start and marks.words[start - 1].is_number:
        marks.mark(range(start - 1, end), "address")
    elif start and marks.kinds.get(start - 1) == "address":
        marks.mark(range(start, end), "address")


def _mark_called(marks: Marks, place: int) -> None:
    """The name of a hotel, a school: as long as words have capitals."""
    for at in marks.following(place, CALLED):
        is_wide = at in marks.wide and marks.words[at].plain not in marks.known.everywhere
        if is_wide or not marks.words[at].inside:  # "mi" is Michigan, too
            break
        marks.mark([at], "other")
