"""The runner of mutants changes one thing at a time, and puts it where everybody meets it."""

from __future__ import annotations

import ast
from types import ModuleType

from tests.mutants.__main__ import Found, Waiting, _in_turn
from tests.mutants.changes import changes, mutant
from tests.mutants.equivalents import equivalents
from tests.mutants.puts import put_in
from tests.mutants.targets import Target, path_of, targets

SOURCE = '''
import logging
log = logging.getLogger(__name__)

def allowed(age):
    """A sentence that is no code."""
    log.info("asked")
    if age >= 18 and not age == 99:
        return True
    raise ValueError("too young")

class Door:
    limit = 3

    @property
    def width(self):
        return self.limit + 1
'''


def test_each_mutant_differs_in_one_place_and_says_where() -> None:
    plain = ast.unparse(ast.parse(SOURCE))
    found = changes(SOURCE)
    texts = [ast.unparse(mutant(SOURCE, number)) for number in range(len(found))]

    assert len(set(texts)) == len(texts) >= 10
    assert plain not in texts
    assert all("asked" in text and "A sentence" in text for text in texts)
    assert any("age > 18" in text for text in texts)
    assert all(each.text == SOURCE.splitlines()[each.line - 1].strip() for each in found)


def test_two_changes_of_one_kind_in_one_line_have_two_names() -> None:
    found = changes("def area():\n    return 3 * 3\n")

    assert [each.what for each in found if "+" in each.what] == ["3 + 1", "3 + 1 (2)"]


def test_what_returns_nothing_is_not_changed_to_return_nothing() -> None:
    assert changes("def nothing():\n    return None\n") == []


def test_only_the_functions_that_are_named_are_changed() -> None:
    assert len(changes(SOURCE, ("Door",))) == 3
    assert changes(SOURCE, ("nothing",)) == []


def test_who_has_imported_a_function_meets_its_change() -> None:
    module = ModuleType("plain")
    exec(compile(SOURCE, "plain", "exec"), module.__dict__)  # noqa: S102 - the lines above
    imported, door = module.allowed, module.Door()
    changed = SOURCE.replace("return True", "return None").replace("+ 1", "- 1")

    put_in(module, compile(changed, "plain", "exec"))

    assert imported(30) is None
    assert door.width == 2


def test_modules_take_turns_until_none_has_a_mutant_left() -> None:
    small, large = (Waiting(Target(name, ()), [], numbers, Found())
                    for name, numbers in (("small", [0]), ("large", [0, 1, 2])))  # fmt: skip
    made = []
    for each in _in_turn([small, large]):
        each.numbers.pop()
        made.append(each.target.module)

    assert made == ["small", "large", "large", "large"]


def test_each_change_that_changes_nothing_is_still_there_and_has_its_reason() -> None:
    known = equivalents()
    there = {(each.module, change.text, change.what) for each in targets()
             for change in changes(path_of(each.module).read_text("utf-8"), each.only)}  # fmt: skip

    assert known.keys() - there == set(), "no such line, or no such change of it"
    assert all(len(why.split()) >= 4 for why in known.values())
