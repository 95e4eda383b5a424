"""Names: where the sentence says that one comes, beside others, and every word that is nobody's."""

from __future__ import annotations

from bot.privacy.redact_marks import Marks

MOST_WORDS = 6  # of one name


def mark_names(marks: Marks) -> None:
    """Names that the words before them announce."""
    for place in marks.after("name_after"):
        _mark_name(marks, place, surely=True)
    for place in marks.after("nickname_after"):
        if marks.words[place].plain in ("el", "la", "the", "lo") and place + 1 < len(marks.words):
            place += 1
        _mark_name(marks, place, surely=True)
    for place in marks.after("name_if_odd"):
        _mark_name(marks, place, surely=False)


def _mark_name(marks: Marks, place: int, *, surely: bool) -> None:
    """The name that begins here, if one does; `surely`: also if it is a word of every day."""
    words, taken = marks.words, []
    for at in range(place, min(place + MOST_WORDS, len(words))):
        if not words[at].is_word:
            if words[at].plain == "." and at > place and words[at - 1].end - words[at - 1].start == 1:
                continue  # an initial
            break
        first = at == place
        if at in marks.wide and not (first and surely):
            break
        everywhere = words[at].plain in marks.known.everywhere and not words[at].inside
        if first and surely and not everywhere:
            taken.append(at)
        elif marks.is_odd(at) and not everywhere:
            taken.append(at)
        elif not marks.is_joint(at) or first and not surely:
            break
    while taken and marks.is_joint(taken[-1]) and not words[taken[-1]].inside:
        taken.pop()
    marks.mark(taken, "name")


def mark_rest(marks: Marks) -> None:
    """Every word that is neither everybody's nor a wide place's; then what stands beside a name."""
    for place, word in enumerate(marks.words):
        if place in marks.wide or place in marks.kinds or not word.is_word:
            continue
        alone = word.plain in marks.known.also_words and word.capital
        if alone or not marks.is_common(place):
            marks.mark([place], _kind(marks, place))
    for place in [*range(len(marks.words)), *reversed(range(len(marks.words)))]:
        if place not in marks.kinds and _is_beside_a_name(marks, place):
            marks.mark([place], "name")


def _kind(marks: Marks, place: int) -> str:
    plain = marks.words[place].plain
    known = marks.known
    return "name" if plain in known.names or plain in known.also_words else "other"


def _is_beside_a_name(marks: Marks, place: int) -> bool:
    word = marks.words[place]
    if not word.is_word:
        return False
    is_name = word.plain in marks.known.also_words or word.plain in marks.known.names
    if not (word.inside or (word.capital and is_name) or is_name):
        if len(word.plain) > 1 or not word.capital:
            return False
    if word.plain in marks.known.everywhere and not word.inside:
        return False
    if word.plain in marks.known.capital and not is_name:
        return False
    for step in (1, -1):
        beside = place + step
        while 0 <= beside < len(marks.words) and (
            marks.is_joint(beside) or marks.words[beside].plain == "."
        ):
            beside += step
        if marks.kinds.get(beside) in ("name", "other") and abs(beside - place) <= 3:
            if marks.words[beside].capital or marks.kinds[beside] == "name":
                return True
    return False
