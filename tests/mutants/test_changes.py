"""The runner of mutants changes one thing at a time, and puts it where everybody meets it."""

from __future__ import annotations

import ast
from types import ModuleType

from tests.mutants.changes import count, mutant
from tests.mutants.puts import put_in

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
    found = [mutant(SOURCE, number) for number in range(count(SOURCE))]
    texts = [ast.unparse(tree) for tree, _ in found]

    assert len(set(texts)) == len(texts) >= 10
    assert plain not in texts
    assert all("asked" in text and "A sentence" in text for text in texts)
    assert any("age > 18" in text for text in texts)
    assert all(what.split(":")[0].isdigit() for _, what in found)


def test_only_the_functions_that_are_named_are_changed() -> None:
    assert count(SOURCE, ("Door",)) == 3
    assert count(SOURCE, ("nothing",)) == 0


def test_who_has_imported_a_function_meets_its_change() -> None:
    module = ModuleType("plain")
    exec(compile(SOURCE, "plain", "exec"), module.__dict__)  # noqa: S102 - the lines above
    imported, door = module.allowed, module.Door()
    changed = SOURCE.replace("return True", "return None").replace("+ 1", "- 1")

    put_in(module, compile(changed, "plain", "exec"))

    assert imported(30) is None
    assert door.width == 2
