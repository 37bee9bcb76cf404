"""The contract of a check, as whoever writes one of their own reads it."""

from __future__ import annotations

import re
from pathlib import Path

from slipway.checks import run_checks
from slipway.checks.gate import NAMES
from slipway.sandboxes import FileContent, Sandbox

_DOCUMENT = Path(__file__).parents[2] / "docs" / "checks.md"
_LICENSED = re.compile(r"```python\n(from slipway\.checks import .*?)```", re.DOTALL)


async def test_the_documents_example_is_a_check(sandbox: Sandbox) -> None:
    """Who copies it has to get what is said there."""
    [text] = _LICENSED.findall(_DOCUMENT.read_text())
    exec(compile(text, str(_DOCUMENT), "exec"), names := {})
    bare, fine = FileContent(b"x = 1\n"), FileContent(b"# SPDX-License-Identifier: MIT\n")
    await sandbox.write({"a.py": fine, "b.py": bare, "c.txt": bare})
    [result] = (await run_checks([names["Licensed"]()], sandbox, "v")).results
    assert (result.status, [(each.place, each.message) for each in result.findings]) == (
        "failed", [("b.py:1", "has no licence")],
    )  # fmt: skip


def test_every_check_is_in_the_document() -> None:
    """A check that nobody has read of is a surprise when it blocks."""
    told = re.findall(r"^\| (`.*?) \|", _DOCUMENT.read_text(), re.MULTILINE)
    assert set(NAMES) <= {name for row in told for name in re.findall(r"`([a-z-]+)`", row)}
