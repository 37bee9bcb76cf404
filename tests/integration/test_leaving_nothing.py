"""Sandboxes leave nothing on the machine: not after many were used at once, not after the framework was killed.

Containers and processes that stay behind are what users of such systems complain about. `benchmarks/soak.py` opens a
thousand sandboxes and kills twenty times; here is a small part of that, as it is run there: in a process that counts
everything below it, with a Docker Engine of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from boxing.engine import missing

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"
ENOUGH = 30
"""Seconds until nothing may be left: how fast that is on a machine of one's own is for the benchmark to say."""
AMOUNTS = {"--sandboxes": 30, "--users": 15, "--kills": 4, "--working": 8}


@pytest.mark.parametrize("backend", ["bubblewrap", "docker"])
def test_nothing_is_left(backend: str, tmp_path: Path) -> None:
    if backend == "docker" and (why_not := missing()):
        pytest.skip(why_not)
    found = tmp_path / "found.json"
    other = {"bubblewrap": "docker", "docker": "bubblewrap"}[backend]
    amounts = [str(word) for pair in AMOUNTS.items() for word in pair]
    command = [sys.executable, str(SOAK), *amounts, "--way", "pool", "--without", other, "--json", str(found)]
    command += ["--enough", str(ENOUGH)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    soaked, *kills = json.loads(found.read_text())
    assert {name: soaked[name] for name in ("sandboxes", "failures", "left")} == {
        "sandboxes": 30,
        "failures": [],
        "left": {},
    }
    assert [kill["left"] for kill in kills] == [{}] * 4
    # A kill that met nobody at work would prove nothing.
    assert max(kill["processes"] for kill in kills) > 3 * AMOUNTS["--working"]
