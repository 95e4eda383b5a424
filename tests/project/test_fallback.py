"""What counts as not understood, in the lines that `make converse` writes."""

from __future__ import annotations

from typing import Any

from bench.fallback import MOST, count, main


def line(acted_on: str, conversation: str = "a", **slots: Any) -> dict[str, Any]:
    return {"conversation": conversation, "in": 0, "replies": [], "acted_on": acted_on,
            "slots": slots}  # fmt: skip


def test_who_must_say_it_again_or_is_given_a_person_for_it_was_not_understood() -> None:
    found = count([
        line("ask_asylum"), line("nlu_fallback", misunderstood=1.0),
        line("ask_human", "b", misunderstood=3.0), line("ask_human", "c", misunderstood=0.0),
        line("out_of_scope", "c"), line("error", "d"),
    ])  # fmt: skip

    assert (found.turns, found.conversations, found.errors) == (5, 3, 1)
    assert (found.asked_again, found.given_a_person, found.out_of_scope) == (1, 1, 1)
    assert found.share == 2 / 5 > MOST


def test_nothing_played_is_no_share() -> None:
    assert count([]).share == 0.0


def test_without_a_file_nothing_is_trained_or_played(capsys: Any) -> None:
    assert main(["no such file"]) == 2
    assert "python -m bench fallback FILE" in capsys.readouterr().err
