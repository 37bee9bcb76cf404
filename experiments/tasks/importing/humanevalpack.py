"""HumanEvalPack's Python programs, each with a bug that people put into it (Muennighoff et al. 2023, MIT licence)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ....config.task import Bug
from .base import Draft, Skipped, one_line, slug

_FILE = "solution.py"


class _Row(BaseModel):
    task_id: str
    prompt: str
    declaration: str
    canonical_solution: str
    buggy_solution: str = ""
    failure_symptoms: str = ""
    test: str
    example_test: str = ""
    entry_point: str
    docstring: str = ""


def programs(source: Path) -> Iterator[Draft | Skipped]:
    """Every program of a file of JSON lines."""
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _program(_Row.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg'][0].lower()}{first['msg'][1:]}"
            yield Skipped(f"line {number}", said.removeprefix(": "))


def _program(row: _Row) -> Draft | Skipped:
    call = f"check({row.entry_point})"
    if not row.test.rstrip().endswith(call):
        return Skipped(row.task_id, f"its tests do not end in {call}")
    solved = row.prompt + row.canonical_solution
    tests = {"tests/test_held_out.py": _tests(row.test, call, "values")}
    if row.example_test.rstrip().endswith(call):
        tests["tests/test_solution.py"] = _tests(row.example_test, call, "examples")
    bug = _bug(solved, row.prompt + row.buggy_solution, row.failure_symptoms) if row.buggy_solution else None
    return Draft(
        id=slug(f"humaneval-{row.task_id.rpartition('/')[2]}"),
        summary=one_line(row.docstring or row.entry_point),
        request=f"Write `{_FILE}` with this function:\n\n```python\n{row.declaration.strip()}\n```\n\n{row.docstring}",
        licence="MIT",
        source=f"HumanEvalPack: {row.task_id}",
        reference={_FILE: solved.encode(), **tests},
        acceptance={"acceptance.py": f"from solution import *\n\n{row.test.strip()}\n".encode()},
        stub={_FILE: f"{row.prompt}    raise NotImplementedError\n".encode()},
        bugs=(bug,) if bug else (),
    )


def _tests(text: str, call: str, what: str) -> bytes:
    body = text.strip().removesuffix(call).rstrip()
    return f"from solution import *\n\n\n{body}\n\n\ndef test_c1_{what}():\n    {call}\n".encode()


def _bug(right: str, wrong: str, symptoms: str) -> Bug | None:
    """The lines that differ, with as many around them as it takes to find them."""
    ours, theirs = right.splitlines(keepends=True), wrong.splitlines(keepends=True)
    codes = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    if not changed or not right.endswith("\n") or not wrong.endswith("\n"):
        return None
    first, last = changed[0][1], changed[-1][2]
    more = len(theirs) - len(ours)
    while first == last or last + more <= first or right.count("".join(ours[first:last])) != 1:
        if first == 0:
            return None
        first -= 1
    old, new = "".join(ours[first:last]), "".join(theirs[first : last + more])
    effect = "wrong" if symptoms in ("", "incorrect output") else "crash"
    return Bug.model_validate(
        {"id": "by-people", "kind": "other", "effect": effect, "file": _FILE, "old": old, "new": new}
    )
