from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

Slipway = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def slipway(environment: dict[str, str]) -> Slipway:
    """Runs the command line in a process of its own."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "slipway", *arguments],
            env={**environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
