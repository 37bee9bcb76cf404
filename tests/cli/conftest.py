from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from ..commands import run

Slipway = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def slipway(environment: dict[str, str]) -> Slipway:
    """Runs the command line in a process of its own."""
    return lambda *words, **variables: run(*words, environment={**environment, **variables})
