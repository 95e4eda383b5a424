"""What is shown of questions that are alike: never one woman's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.unanswered.similar import Group, _together, _vectors, content_words, groups
from bot.unanswered.store import Question

DAY = date(2026, 11, 18)
ALIKE = yaml.safe_load(Path(__file__).with_name("alike.yml").read_text(encoding="utf-8"))


def asked(texts: Iterable[str], *, day: date = DAY, first: int = 0,
          woman: str = "") -> list[Question]:  # fmt: skip
    return [Question(first + n, day, "es", "HN", woman or f"woman {first + n}", each)
            for n, each in enumerate(texts)]  # fmt: skip


def many(count: int, words: str = "hay clases de zumba para mayores") -> list[Question]:
    return asked(f"{words} {'abcdefghijklmnop'[n % 16] * 3}" for n in range(count))


def test_ten_women_who_ask_alike_are_seen_nine_are_not() -> None:
    assert groups(many(9), 10) == []

    (group,) = groups(many(10), 10)

    assert group.words == ("clases", "mayores", "zumba")
    assert group.people == 10


def test_one_woman_who_asks_thirty_times_counts_once() -> None:
    assert groups(asked(["hay zumba para mayores"] * 30, woman="ana"), 10) == []


def test_women_of_two_months_may_be_the_same_and_are_not_added_up() -> None:
    october = asked(["hay zumba"] * 9, day=date(2026, 10, 30))
    november = asked(["hay zumba"] * 9, day=date(2026, 11, 2), first=50)

    assert groups([*october, *november], 10) == []


def test_a_word_of_few_is_never_shown() -> None:
    questions = many(20)
    questions += asked(["hay zumba para la tuerta del cerro"] * 9, first=100)

    (group,) = groups(questions, 10)

    assert not {"tuerta", "cerro"} & set(group.words)
    assert "zumba" in group.words


def test_what_was_redacted_is_never_shown() -> None:
    (group,) = groups(asked(["soy [nombre] de [lugar] y quiero zumba"] * 12), 10)

    assert not {"nombre", "lugar"} & set(group.words)


def test_numbers_of_women_are_rounded_down_and_the_day_is_a_week() -> None:
    (group,) = groups(many(19), 10)

    assert group.people == 15
    assert group.week == date(2026, 11, 16)


def test_a_whole_sentence_comes_out_as_loose_words_in_no_order_of_hers() -> None:
    sentence = "zumba baile abuelas gratis lunes piscina tambor yoga ajedrez pintura"
    (group,) = groups(asked([sentence] * 12), 10)

    assert len(group.words) == 8
    assert list(group.words) == sorted(group.words)


def test_languages_are_not_mixed_and_the_most_asked_comes_first() -> None:
    english = [Question(500 + n, DAY, "en", "HN", f"w{n}", "free zumba please") for n in range(25)]

    found: list[Group] = groups([*many(12), *english], 10)

    assert [each.language for each in found] == ["en", "es"]
    assert found[0].key != found[1].key


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_same_matter_in_other_words_is_seldom_mixed_with_another(language: str) -> None:
    matters = [(text, n) for n, each in enumerate(ALIKE[language]) for text in each]
    mixed, groups = [], []
    for seed in range(5):  # what comes first makes a group
        order = np.random.default_rng(seed).permutation(len(matters))
        words = [content_words(matters[each][0], language) for each in order]
        together = _together(_vectors(words))
        matter_of = [{matters[order[each]][1] for each in members} for members in together]
        mixed.append(sum(len(each) > 1 for each in matter_of))
        groups.append(len(together))

    assert np.mean(mixed) <= 1.5
    assert np.mean(groups) <= 20
