"""`slipway demo` is what a newcomer runs first: real work, labelled as scripted, and nothing left running."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from slipway.models.scripted import demo_names

from ..commands import run
from ..conftest import own_folders
from .conftest import Slipway

CHANGED = """\
project change: 12 files imported, version #
delivered: run #, project change
12 model calls, #
  assumption: A later `add` with `--minimum` replaces the minimum.
  C1 proven (3 tests): The minimum is kept in the file, and by a later `add` without `--minimum`; it is 0 at first.
  C2 proven (2 tests): `low` lists what is below its minimum, sorted by name, as `NAME<tab>AMOUNT of MINIMUM UNIT`, \
and nothing else.
  C3 proven (2 tests): A negative minimum: exit code 2, one line on stderr, nothing written.
  C4 proven (2 tests): `list` prints each thing, sorted by name, as `NAME<tab>AMOUNT UNIT`.
  of 36 faults put into the code, one at a time, the tests notice 32
14 files, get them with: slipway show # --into DIR
  AGENTS.md
  README.md
  pantry/__init__.py
  pantry/__main__.py
  pantry/cli.py
  pantry/items.py
  pantry/stats.py
  pantry/store.py
  tests/test_cli.py
  tests/test_held_out.py
  tests/test_items.py
  tests/test_minimum.py
  tests/test_stats.py
  tests/test_store.py
failed before this run: tests/test_stats.py::test_the_average_is_rounded_half_up AssertionError: assert 2 == 3
  it still fails, and its file was left alone
a regression, found by check/1: tests/test_store.py::test_a_file_of_an_earlier_version_is_loaded KeyError: 'minimum'
  it passed before this run, and does again
fix/1 changed:
 pantry/items.py | changed +2 -1
 1 file, +2 -1 lines
all that this run changed:
 pantry/cli.py          | changed +12 -0
 pantry/items.py        | changed +11 -2
 tests/test_held_out.py | added   +47 -0
 tests/test_minimum.py  | added   +51 -0
 4 files, +121 -2 lines
the replies came from a script, not from a model
hidden acceptance check: passed: 9 of 9 checks passed
time outside model latency: # of #
"""


FAULTS = ("--set", "limits.mutants=20")
"""As it is by default, where it is a person who waits."""


@pytest.mark.timeout(600)
def test_the_demo_is_red_then_green_then_accepted(environment: dict[str, str], tmp_path: Path) -> None:
    """As a newcomer starts it: in a fresh process."""
    command = [sys.executable, "-m", "slipway", "demo", *FAULTS, "--into", str(tmp_path / "tally")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    # The log: a check that is red for a real reason, a repair, a check that is green.
    assert re.search(
        r"check/1 .*red: .*tests failed.*\n(.*\n)*fix/1 +fixer scripted:tally .*\ncheck/2 .*green: ", done.stderr
    ), done.stderr
    assert "of 53 faults put into the code, one at a time, the tests notice 48" in done.stdout
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


def test_a_change_leaves_an_old_failure_alone_and_repairs_what_it_broke(slipway: Slipway) -> None:
    done = slipway("demo", *FAULTS, "change")
    assert done.returncode == 0, done.stderr
    log = [line for line in done.stderr.splitlines() if line and not line.startswith((" ", "run ", "estimate"))]
    steps = [line.split()[0] for line in log]
    assert set(steps[3:5]) == {"code/items", "write_tests"}  # at the same time
    assert [*steps[:3], *steps[5:]] == [
        "interpret", "design", "baseline", "code/cli", "check/1", "fix/1", "check/2", "mutate/1", "deliver",
    ]  # fmt: skip
    assert log[2].endswith("1 fault from before this run")
    assert log[6].endswith(
        "red: syntax passed, lint passed, placeholders passed, imports passed, tests failed, entry passed"
    )
    assert log[8].endswith("placeholders passed, imports passed, tests failed as before the run, entry passed")
    varying = r"(?<=version )\w{40}|\d{6}-\d{6}-[0-9a-f]{6}|\d[\d,]* tokens.* s$|\d[\d.]* s(?= of)|(?<=of )[\d.]* s$"
    assert re.sub(varying, "#", done.stdout, flags=re.MULTILINE) == CHANGED


def test_help_lists_the_demos(slipway: Slipway) -> None:
    said = slipway("demo", "--help").stdout
    assert [name for name in demo_names() if name not in said] == []


Demonstrated = tuple[subprocess.CompletedProcess[str], Slipway]


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Demonstrated]:
    """One demo, told as JSON, and the command line that knows it."""
    with own_folders(tmp_path_factory.mktemp("demo"), cache_dir) as environment:
        yield run("demo", "--json", environment=environment), partial(run, environment=environment)


def test_json_is_one_event_a_line_and_then_the_result(demonstrated: Demonstrated) -> None:
    done, _ = demonstrated
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
        "checks": dict.fromkeys(["syntax", "lint", "placeholders", "imports", "tests", "entry"], "passed"),
        "accepted": True,
        "asked_twice": 0,
        "model_calls": 10,
    }
    assert set(result) >= {"run", "cost_usd", "tokens", "seconds", "files", "trace_id", "seconds_outside_models"}


def test_what_was_is_shown_again(demonstrated: Demonstrated, tmp_path: Path) -> None:
    done, slipway = demonstrated
    shown = str(json.loads(done.stdout.splitlines()[-1])["run"])
    text = slipway("show", shown).stdout
    assert "C7 proven" in text and "fix/1              fixer scripted:tally, 2 calls" in text
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
    assert [line[:4] for line in done.stdout.splitlines()] == ["ok  "] * 7
    broken = slipway("doctor", SLIPWAY_REDIS_URL="redis://127.0.0.1:9")
    assert broken.returncode == 78
    looked_at = [line.partition(":")[0] for line in broken.stdout.splitlines()]
    assert looked_at == [
        "ok   python",
        "FAIL state",
        "ok   sandbox",
        "ok   sandboxes",
        "FAIL models",
        "ok   node",
        "ok   browser",
    ]
    facts = [json.loads(line) for line in slipway("doctor", "--set", "lineup=demo", "--json").stdout.splitlines()]
    assert [each["what"] for each in facts if not each["needed"]] == ["node", "browser"]
