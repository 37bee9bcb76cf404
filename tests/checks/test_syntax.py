"""A file that does not parse is found before anything runs, with its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Syntax
from slipway.checks.signatures import signature
from slipway.state import CheckResult, Finding

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]


async def test_files_that_parse(checked: Checked) -> None:
    files = {"a.py": "def f() -> int:\n    return 1\n", "b.py": "", "c.txt": "def f(:"}
    assert await checked(Syntax(), files) == CheckResult(check="syntax", status="passed")


async def test_every_file_that_does_not_parse_is_a_finding(checked: Checked) -> None:
    files = {"a.py": "x = (\n", "b.py": "y = 1\n", "lib/c.py": "y = 1\n    z = 2\n", "d.py": "a\0b"}
    found = [
        ("a.py", 1, "'(' was never closed", "x = ("),
        ("d.py", None, "source code string cannot contain null bytes", ""),
        ("lib/c.py", 2, "unexpected indent", "z = 2"),
    ]
    findings = tuple(
        Finding(
            check="syntax", file=file, line=line, message=message, detail=detail,
            signature=signature("syntax", None, file, message),
        )
        for file, line, message, detail in found
    )  # fmt: skip
    assert await checked(Syntax(), files) == CheckResult(check="syntax", status="failed", findings=findings)


async def test_warnings_are_not_taken_for_the_answer(checked: Checked) -> None:
    """An invalid escape makes the parser talk on stderr."""
    assert (await checked(Syntax(), {"a.py": "x = '\\d'\nassert (x, 1)\n"})).status == "passed"


async def test_nothing_of_the_project_is_executed(checked: Checked) -> None:
    """A module of the project that is called like one of the library must not be the parser."""
    files = dict.fromkeys(("ast.py", "json.py", "sitecustomize.py", "a.py"), "raise SystemExit(0)\n")
    assert (await checked(Syntax(), {**files, "bad.py": "x = (\n"})).status == "failed"


@pytest.mark.parametrize("escape", ["\x1b[2J", "\u202e"])
async def test_a_finding_is_safe_to_show(checked: Checked, escape: str) -> None:
    """The source line goes to a person's terminal and into a prompt."""
    [finding] = (await checked(Syntax(), {"a.py": f"x = {escape} (\n"})).findings
    assert escape[0] not in finding.detail + finding.message
