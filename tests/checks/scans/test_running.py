"""Whatever a tool does, what it found is told in one form, or that nobody can tell."""

from __future__ import annotations

import pytest

from slipway.checks.base import NotRun
from slipway.checks.scans import scan
from slipway.sandboxes import FileContent, Sandbox
from slipway.sandboxes.profile import ANALYSIS_PLACE


async def test_a_program_that_breaks_or_takes_too_long_is_no_pass(analysed: Sandbox) -> None:
    request = {"files": ["missing.py"], "tools": ANALYSIS_PLACE}
    with pytest.raises(NotRun, match=r"its program ended with 1: [\s\S]*FileNotFoundError"):
        await scan(analysed, "by_detect_secrets", request, seconds=20)
    await analysed.write({"a.py": FileContent(b"x = 1\n")})
    with pytest.raises(NotRun, match=r"its program did not end within 0\.01 s"):
        await scan(analysed, "by_detect_secrets", {"files": ["a.py"], "tools": ANALYSIS_PLACE}, seconds=0.01)


async def test_a_file_where_the_answer_would_be_is_no_pass(analysed: Sandbox) -> None:
    await analysed.write({".cache": FileContent(b""), "a.py": FileContent(b"password = 'abc123xyz'\n")})
    with pytest.raises(NotRun, match="its program ended with 1"):
        await scan(analysed, "by_detect_secrets", {"files": ["a.py"], "tools": ANALYSIS_PLACE}, seconds=20)
