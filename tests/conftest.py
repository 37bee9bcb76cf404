"""What all tests share: no network outside the machine, no keys, folders of their own, no silent skip in CI."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from slipway.config import Settings, load_settings

pytest_plugins = ["docker_daemon"]

_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE")
_OURS = ("SLIPWAY_", "DOCKER_", "XDG_", "OTEL_", "LANGSMITH_", "LANGCHAIN_")
_connect = socket.socket.connect

WITHOUT_TOOLS = "checks: {left_out: [coverage, types, bandit, semgrep, secrets, audit]}\n"
"""Settings, as YAML: tools of others do not look at what is built, which takes longer than all the rest."""

# How long an example takes is a property of the machine: one that stands still for a moment is no counterexample.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Where CI asks for it, a skipped test is a failed one: what did not run proves nothing."""
    report: pytest.TestReport = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("SLIPWAY_FAIL_ON_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to another machine, or finds a key to spend money with."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
            raise AssertionError(f"a test tried to reach {address}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in list(os.environ):
        if name in _KEYS or (name.startswith(_OURS) and name != "SLIPWAY_FAIL_ON_SKIP"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def cache_dir() -> Path:
    """Where the tool layer of the sandboxes is kept from one test session to the next."""
    return Path(sys.prefix) / "slipway-test-cache"


@pytest.fixture
def environment(tmp_path: Path, cache_dir: Path) -> Iterator[dict[str, str]]:
    """The variables that give a process of its own folders, for tests that start the command line."""
    with own_folders(tmp_path, cache_dir) as variables:
        yield variables


@contextmanager
def own_folders(place: Path, cache_dir: Path) -> Iterator[dict[str, str]]:
    """The environment of processes that have their folders in `place`.

    No faults are put into what is built there, and it is without tools of others: tests of that ask for it.
    """
    config = place / "config" / "slipway" / "config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(f"limits: {{mutants: 0}}\n{WITHOUT_TOOLS}")
    with tempfile.TemporaryDirectory(prefix="slipway-") as runtime:  # a socket's path must be short
        yield {
            **os.environ,
            "SLIPWAY_STATE_DIR": str(place / "state"),
            "SLIPWAY_CACHE_DIR": str(cache_dir),
            "SLIPWAY_RUNTIME_DIR": runtime,
            "XDG_CONFIG_HOME": str(place / "config"),
        }


@pytest.fixture
def settings(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with folders of the test's own."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@pytest.fixture
def small_suite(tmp_path: Path) -> Path:
    """The smallest suite that there can be."""
    files = {
        "suite.yaml": "name: small\nsummary: One task.\ntasks: [one]\n",
        "one/task.yaml": "id: one\nfamily: new\nsummary: x\nopaque: T-000001\nlicence: Apache-2.0\n",
        "one/request.md": "(T-000001) Build it.\n",
        "one/reference/it.py": "x = 1\n",
        "one/acceptance/acceptance.py": "import it\n",
    }
    for name, text in files.items():
        path = tmp_path / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "small"
