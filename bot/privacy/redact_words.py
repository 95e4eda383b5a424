"""Names: where the sentence says that one comes, beside others, and every word that is nobody's."""

from __future__ import annotations

from bot.privacy.redact_marks import Marks

MOST_WORDS = 6  # of one name
MOST_APART = 3  # "Ana de la Cruz"


def mark_names(marks: Marks) -> None:
    """Names that the words before them announce."""
    for place in marks.after("name_after"):
        _mark_name(marks, place, surely=True)
    for place in marks.after("nickname_after"):
        article = marks.words[place].plain in ("el", "la", "the")
        _mark_name(marks, place + article, surely=True)
    for place in marks.after("name_if_odd"):
        _mark_name(marks, place, surely=False)


def _mark_name(marks: Marks, place: int, *, surely: bool) -> None:
    """The name that begins here, if one does; `surely`: also if it is a word of every day."""
    words, taken = marks.words, []
    for at in marks.following(place, MOST_WORDS):
        if not words[at].is_word:
            if words[at].plain == "." and len(words[at - 1].plain) == 1:
                continue  # an initial
            break
        first = at == place
        if at in marks.wide and not (first and (surely or _is_name(marks, at))):
            break
        everywhere = words[at].plain in marks.known.everywhere and not words[at].inside
        if first and not everywhere and (surely or at in marks.wide):
            taken.append(at)
        elif first and words[at].plain in marks.known.also_words and not _is_with(marks, at):
            taken.append(at)  # "mi hija Luz"
        elif marks.is_odd(at) and not everywhere:
            taken.append(at)
        elif not marks.is_joint(at) or (first and not surely):
            break
    marks.kinds.update(dict.fromkeys(taken, "name"))  # also where a town has that name


def _is_name(marks: Marks, place: int) -> bool:
    plain = marks.words[place].plain
    return plain in marks.known.also_words or plain in marks.known.names


def _is_with(marks: Marks, place: int) -> bool:
    return marks.words[place - 1].plain in ("con", "with")


def mark_rest(marks: Marks) -> None:
    """Every word that is neither everybody's nor a wide place's; then what stands beside a name."""
    for place, word in enumerate(marks.words):
        if place in marks.wide or place in marks.kinds:
            continue
        alone = word.plain in marks.known.also_words and word.capital
        if alone or not marks.is_common(place):
            marks.mark([place], _kind(marks, place))
    for place in [*range(len(marks.words)), *reversed(range(len(marks.words)))]:
        if place not in marks.kinds and _is_beside_a_name(marks, place):
            marks.mark([place], "name")


def _kind(marks: Marks, place: int) -> str:
    return "name" if _is_name(marks, place) else "other"


def _is_beside_a_name(marks: Marks, place: int) -> bool:
    """Whether a word that could be part of a name stands beside one."""
    word = marks.words[place]
    is_name = _is_name(marks, place)
    initial = word.capital and len(word.plain) == 1
    could_be = word.is_word and (word.inside or is_name or initial)
    everyday = word.plain in marks.known.capital or place in marks.wide
    beside = [*_next(marks, marks.following(place + 1, MOST_APART)),
              *_next(marks, marks.before(place, MOST_APART))]  # fmt: skip
    if initial and word.inside and any(marks.kinds.get(at) == "town" for at in beside):
        return True  # "Carolina M.": a town has no initial
    return could_be and (is_name or not everyday) and any(_is_named(marks, at) for at in beside)


def _next(marks: Marks, places: range) -> list[int]:
    """The first that is neither a joint nor a dot, if one is."""
    joints = marks.known.signs["joints"] | {"."}
    return [at for at in places if marks.words[at].plain not in joints][:1]


def _is_named(marks: Marks, place: int) -> bool:
    kind = marks.kinds.get(place)
    return kind == "name" or (kind == "other" and marks.words[place].capital)
