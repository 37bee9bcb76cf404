"""A task as two projects that differ in one body: the right one, and the one with the fault."""

from __future__ import annotations

import ast
import symtable
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .tasks import Task

Kind = Literal["canonical", "buggy"]
TESTS = "tests/test_solution.py"


@dataclass(frozen=True)
class Program:
    """A project."""

    task: str
    kind: Kind
    files: Mapping[str, str]


def programs(task: Task) -> tuple[Program, Program]:
    """The right one and the faulty one, under the same tests."""
    tests = _tests(task)

    def program(kind: Kind, body: str) -> Program:
        return Program(task.task_id, kind, {"solution.py": task.declaration + body, TESTS: tests})

    return program("canonical", task.canonical_solution), program("buggy", task.buggy_solution)


def _tests(task: Task) -> str:
    # From its first call or assertion on it becomes a test for pytest; what is before stays where it is.
    before, test = _parted(task.test)
    function = f"def test_{task.entry_point}():\n{textwrap.indent(test or f'check({task.entry_point})', '    ')}\n"
    module = f"{before}\n\n\n{function}"
    names = sorted(_lacking(module) & _bound(task))
    imports = f"from solution import {', '.join(names)}\n" if names else ""
    return imports + module


def _parted(source: str) -> tuple[str, str]:
    body = ast.parse(source).body
    first = next((at for at, node in enumerate(body) if _acts(node)), len(body))
    if first == len(body):
        return source.rstrip(), ""
    lines = source.split("\n")
    before = lines[: body[first].lineno]
    before[-1] = before[-1].encode()[: body[first].col_offset].decode()
    return "\n".join(before).rstrip(), "\n".join(map(ast.unparse, body[first:]))


def _acts(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))


def _bound(task: Task) -> set[str]:
    try:
        table = symtable.symtable(task.declaration + task.canonical_solution, "solution.py", "exec")
    except (SyntaxError, ValueError):
        return {task.entry_point}
    return _own(table)


def _lacking(module: str) -> set[str]:
    table = symtable.symtable(module, TESTS, "exec")
    return set(_global(table)) - _own(table)


def _own(table: symtable.SymbolTable) -> set[str]:
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def _global(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and symbol.is_global())
    for child in table.get_children():
        yield from _global(child)
