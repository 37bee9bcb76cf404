"""A file of tests without the tests that tell a repair nothing."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence


def excerpt(text: str, keep: Collection[str]) -> str:
    """`text` without those of its pytest functions and methods that `keep` does not name; a line says how many.

    What is no test stays: imports, fixtures, helpers. A text that cannot be parsed stays whole, and so does one
    in which none of the names is found.
    """
    try:
        tests = list(_tests(ast.parse(text).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    if not any(test.name in keep for test in tests):
        return text
    lines = text.splitlines(keepends=True)
    made: list[str] = []
    done = 0
    for run in _runs(tests, keep):
        first, last = _first(run[0]), run[-1].end_lineno or 0
        indent = " " * run[0].col_offset
        left_out = "1 test that passes" if len(run) == 1 else f"{len(run)} tests that pass"
        made += [*lines[done : first - 1], f"{indent}# ({left_out})\n"]
        done = last
    return "".join([*made, *lines[done:]])


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _tests(body: Sequence[ast.stmt]) -> Iterator[_Function]:
    for each in body:
        if isinstance(each, _Function) and each.name.startswith("test"):
            yield each
        elif isinstance(each, ast.ClassDef):
            yield from _tests(each.body)


def _runs(tests: Sequence[_Function], keep: Collection[str]) -> Iterator[list[_Function]]:
    """The tests that are left out, those together of which one follows the other."""
    run: list[_Function] = []
    for test in tests:
        if test.name in keep:
            continue
        if run and not _follows(run[-1], test):
            yield run
            run = []
        run.append(test)
    if run:
        yield run


def _follows(before: _Function, test: _Function) -> bool:
    # Two blank lines lie between functions; more is something else that has to stay.
    return before.col_offset == test.col_offset and _first(test) - (before.end_lineno or 0) <= 3


def _first(test: _Function) -> int:
    return min([test.lineno, *(each.lineno for each in test.decorator_list)])
