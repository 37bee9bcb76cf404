"""Programs that are right as they are: a false alarm costs a model call, and teaches people not to look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check
from slipway.checks.security import Bandit, Secrets, Semgrep
from slipway.checks.types import Types
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

PROGRAMS = {path.name: path.read_text() for path in sorted(Path(__file__).with_name("clean").iterdir())}


@pytest.mark.parametrize("check", [Types(), Bandit(), Semgrep(), Secrets()], ids=lambda check: check.name)
async def test_nothing_blocks(judged: Judged, check: Check) -> None:
    assert len(PROGRAMS) > 10
    result = await judged(check, PROGRAMS)
    assert (result.status, [each for each in result.findings if each.severity == "error"]) == ("passed", [])
