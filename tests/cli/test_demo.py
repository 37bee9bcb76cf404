"""`slipway demo` is what a newcomer runs first: real work, labelled as scripted, and nothing left running."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Slipway


def test_the_demo_is_red_then_green_then_accepted(slipway: Slipway, tmp_path: Path) -> None:
    done = slipway("demo", "--into", str(tmp_path / "tally"))
    assert done.returncode == 0, done.stderr
    # The log: a check that is red for a real reason, a repair, a check that is green.
    assert re.search(
        r"check/1 .*red: .*tests failed.*\n(.*\n)*fix/1 +fixer scripted:tally .*\ncheck/2 .*green: ", done.stderr
    ), done.stderr
    assert "test_c2_one_decimal_counts_tens_of_cents AssertionError: assert 1205 == 1250" in done.stderr
    assert done.stdout.startswith("delivered: run ")
    assert "hidden acceptance check: passed: 20 of 20 checks passed" in done.stdout
    assert "the replies came from a script, not from a model" in done.stdout
    assert re.search(r"time outside model latency: \d+\.\d\d s of \d+\.\d\d s", done.stdout)
    # And what was built works, here.
    ledger = tmp_path / "ledger.csv"
    for amount in ("12.5", "0.05"):
        add = [sys.executable, "-m", "tally", "--file", str(ledger), "add", "2026-11-03", "food", amount]
        subprocess.run(add, cwd=tmp_path / "tally", check=True)
    total = [sys.executable, "-m", "tally", "--file", str(ledger), "total"]
    assert subprocess.run(total, cwd=tmp_path / "tally", check=True, capture_output=True).stdout == b"12.55\n"


def test_json_is_one_event_a_line_and_then_the_result(slipway: Slipway) -> None:
    done = slipway("demo", "--json")
    *events, result = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [e["record"]["step"] for e in events if e["kind"] == "stage_finished"][-4:] == [
        "check/1",
        "fix/1",
        "check/2",
        "deliver",
    ]
    assert {key: result[key] for key in ("kind", "status", "checks", "accepted", "asked_twice", "model_calls")} == {
        "kind": "result",
        "status": "delivered",
        "checks": {"syntax": "passed", "lint": "passed", "placeholders": "passed", "tests": "passed"},
        "accepted": True,
        "asked_twice": 0,
        "model_calls": 17,
    }
    assert set(result) >= {"run", "cost_usd", "tokens", "seconds", "files", "trace_id", "seconds_outside_models"}


@pytest.fixture
def shown(slipway: Slipway) -> str:
    done = slipway("demo", "--json")
    return str(json.loads(done.stdout.splitlines()[-1])["run"])


def test_what_was_is_shown_again(slipway: Slipway, shown: str, tmp_path: Path) -> None:
    text = slipway("show", shown).stdout
    assert "C7 proven" in text and "fix/1              fixer scripted:tally, 4 calls" in text
    spans = slipway("show", shown, "--spans").stdout
    assert spans.startswith("invoke_workflow slipway  delivered\n")
    assert "    execute_tool edit_file" in spans and "journal.hit" not in spans
    written = slipway("show", shown, "--into", str(tmp_path / "files"))
    assert written.stdout == f"8 files in {tmp_path}/files\n"
    assert json.loads(slipway("runs", "--json").stdout)["id"] == shown
    assert shown in slipway("runs").stdout


def test_the_doctor_says_what_works_and_what_to_do(slipway: Slipway) -> None:
    done = slipway("doctor", "--set", "lineup=demo")
    assert done.returncode == 0, done.stdout
    assert [line[:4] for line in done.stdout.splitlines()] == ["ok  "] * 5
    broken = slipway("doctor", SLIPWAY_REDIS_URL="redis://127.0.0.1:9")
    assert broken.returncode == 78
    looked_at = [line.partition(":")[0] for line in broken.stdout.splitlines()]
    assert looked_at == ["ok   python", "FAIL state", "ok   sandbox", "ok   sandboxes", "FAIL models"]
