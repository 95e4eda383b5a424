"""Putting a changed body into a function that everybody has imported already."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any


def codes(code: CodeType) -> Iterator[CodeType]:
    """Of functions and methods, by their `co_qualname`."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            if "<locals>" not in each.co_qualname:
                yield from codes(each)


def function(module: ModuleType, qualname: str) -> Any:
    """The function of that name, without what is wrapped around it; None where there is none."""
    found: Any = module
    for part in qualname.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if hasattr(found, "__code__") else None


def put_in(module: ModuleType, changed: CodeType) -> None:
    """The functions and methods of the module get the bodies of the changed one."""
    for code in codes(changed):
        there = None if "<locals>" in code.co_qualname else function(module, code.co_qualname)
        if there is not None and there.__code__.co_freevars == code.co_freevars:
            there.__code__ = code
