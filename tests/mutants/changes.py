"""The small changes: one of them made in a module is a mutant."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Mod: ast.Mult,
}  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SPOKEN = ("log", "logger", "print", "warnings")  # what is only said, not done


class _Place(ast.NodeTransformer):
    """Counts the places where something can be changed, and changes the one that is wanted."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.found = wanted, list[tuple[int, str]]()

    def here(self, node: ast.AST, what: str) -> bool:
        self.found.append((getattr(node, "lineno", 0), what))
        return len(self.found) - 1 == self.wanted

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        other = _COMPARE.get(type(node.ops[0]))
        if other and self.here(node, f"{type(node.ops[0]).__name__} -> {other.__name__}"):
            node.ops[0] = other()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self.here(node, "and <-> or"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self.here(node, "not dropped"):
            return node.operand
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = _BINARY.get(type(node.op))
        if other and self.here(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if self.here(node, "if negated"):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        is_none = node.value is None or ast.unparse(node.value) == "None"
        if not is_none and self.here(node, "returns None"):
            node.value = ast.Constant(None)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) or _is_spoken(node.value):
            return node  # a docstring, a log line
        self.generic_visit(node)
        return ast.Pass() if self.here(node, "statement dropped") else node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        # The words of an error are no protection; that it is raised is.
        return ast.Pass() if self.here(node, "raise dropped") else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # Of a class its methods: what stands beside them has been run when the fork is made.
        node.body = [self.visit(each) if isinstance(each, _FUNCTIONS) else each
                     for each in node.body]  # fmt: skip
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool):
            return ast.Constant(not value) if self.here(node, f"{value} flipped") else node
        if isinstance(value, int | float):
            return ast.Constant(value + 1) if self.here(node, f"{value} + 1") else node
        if isinstance(value, str):
            return ast.Constant(f"x{value}") if self.here(node, f"{value[:20]!r} changed") else node
        return node


def _is_spoken(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    while isinstance(called, ast.Attribute):
        called = called.value
    return isinstance(called, ast.Name) and called.id in _SPOKEN


def _change(tree: ast.Module, place: _Place, only: tuple[str, ...]) -> ast.Module:
    """Functions and methods; all of them, or those that are named."""
    tree.body = [
        place.visit(each)
        if isinstance(each, (*_FUNCTIONS, ast.ClassDef)) and (not only or each.name in only)
        else each
        for each in tree.body
    ]
    return ast.fix_missing_locations(tree)


@dataclass(frozen=True)
class Change:
    """One change, known by the text of its line: numbers of lines move."""

    line: int
    text: str
    what: str  # "1 + 1"; of several such in the line "1 + 1 (2)"

    def __str__(self) -> str:
        return f"{self.line}: {self.what}: {self.text}"


def changes(source: str, only: tuple[str, ...] = ()) -> list[Change]:
    """Every change that the module may suffer; each is a mutant."""
    place = _Place()
    _change(ast.parse(source), place, only)
    lines, seen = source.splitlines(), Counter[tuple[int, str]]()
    found = []
    for line, what in place.found:
        seen[line, what] += 1
        nth = f" ({seen[line, what]})" if seen[line, what] > 1 else ""
        found.append(Change(line, lines[line - 1].strip(), what + nth))
    return found


def mutant(source: str, number: int, only: tuple[str, ...] = ()) -> ast.Module:
    """The module with that one of its changes."""
    return _change(ast.parse(source), _Place(number), only)
