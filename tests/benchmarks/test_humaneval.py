"""The figure says how well the gate works only if each program is judged under the tests that came with it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bugs.gate import Judged
from bugs.programs import TESTS, Program, programs
from bugs.report import colours, goals, surprises, verdicts
from bugs.tasks import BadInput, Task, read_tasks

from slipway.checks import CHECKS
from slipway.checks.findings import finding
from slipway.state import CheckReport, CheckResult, Finding

COMMAND = Path(__file__).parents[2] / "benchmarks/humaneval.py"
HALVES: dict[str, Any] = {
    "task_id": "Own/1",
    "declaration": "from typing import List, Tuple\n\nPARTS = 2\n\n\ndef halves(numbers: List[int]) -> List[int]:\n",
    "canonical_solution": "    return [number // PARTS for number in numbers]\n",
    "buggy_solution": "    return [number // PARTS for number in numbers[1:]]\n",
    "test": (
        "import random\n\n\ndef some(count):\n    return [random.randint(0, 9) for _ in range(count)]\n\n\n"
        "def check(halves):\n    print\n    numbers = some(5)\n"
        "    assert halves(numbers) == [each // PARTS for each in numbers]\n\ncheck(halves)"
    ),
    "entry_point": "halves",
}
DOWN = {
    "task_id": "Own/2",
    "declaration": "def down(n):\n",
    "canonical_solution": "    while n > 0:\n        n -= 1\n    return n\n",
    "buggy_solution": "    while n > 0:\n        n += 1\n    return n\n",
    "test": "def check(candidate):\n    assert candidate(3) == 0\n",
    "entry_point": "down",
}


def lines(*tasks: object) -> str:
    return "".join(f"{json.dumps(task)}\n" for task in tasks)


def bench(*words: str | Path, environment: dict[str, str]) -> tuple[int, str, str]:
    argv = [sys.executable, str(COMMAND), *map(str, words)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def test_right_programs_are_green_and_faulty_ones_red(tmp_path: Path, environment: dict[str, str]) -> None:
    """In a real sandbox. One loops for ever; one has tests with a fault of their own, which no program can help."""
    (tmp_path / "own.jsonl").write_text(lines(HALVES, DOWN))
    code, out, err = bench(tmp_path / "own.jsonl", "--timeout", "5", "--at-once", "2", environment=environment)
    assert code == 0, err
    _, colours, told, verdicts = out.split("\n\n")
    heads, _, *rows = (re.split(r"  +", line) for line in colours.splitlines())
    counted = {row[0]: dict(zip(heads[1:-1], map(int, row[1:-1]), strict=True)) for row in rows}
    by = {f"by {check.name}": 0 for check in CHECKS if check.blocking}
    assert counted == {
        "canonical": {"all": 2, "green": 2, "red": 0, **by},
        "buggy": {"all": 2, "green": 0, "red": 2, **by, "by tests": 2},
    }
    assert told == (
        "Own/1, canonical, its tests alone (not counted): [lint] B018 tests/test_solution.py:10 "
        "Found useless expression. Either assign it to a variable or remove it."
    )
    assert verdicts == (
        "goal              value       at least  verdict\n"
        "-----------------------------------------------\n"
        "buggy-red        100.00  100.00 % of 2     held\n"
        "canonical-green  100.00  100.00 % of 2     held\n"
    )


def test_without_programs_nothing_is_said_of_the_gate(environment: dict[str, str]) -> None:
    assert bench(environment=environment) == (
        0,
        "not run: no programs were given; name a file of HumanEvalPack (Python, JSON lines): OPTIONS=FILE\n\n"
        "goal             value  at least  verdict\n"
        "-----------------------------------------\n"
        "buggy-red            -  100.00 %  not run\n"
        "canonical-green      -  100.00 %  not run\n",
        "",
    )


def test_a_file_that_holds_something_else_is_one_error(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(lines(HALVES, {key: DOWN[key] for key in DOWN if key != "test"}))
    said = (
        f"bench-humaneval: {file}:2: field 'test': Field required; each line is a JSON object with task_id, "
        "declaration, canonical_solution, buggy_solution, test, entry_point\n"
    )
    assert bench(file, environment=environment) == (2, "", said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n", "own.jsonl holds no task; give"),
        (lines(HALVES) + "\n{oops\n", "own.jsonl:3: Invalid JSON: "),
        (lines([HALVES]), "own.jsonl:1: Input should be an object; each line"),
        (lines(HALVES | {"test": 1}), "own.jsonl:1: field 'test': Input should be a valid string; each line"),
        (lines(HALVES | {"test": "check("}), "own.jsonl:1: field 'test': Value error, is not Python: '(' was never"),
        (lines(HALVES | {"entry_point": "a b"}), "own.jsonl:1: field 'entry_point': String should match pattern"),
    ],
)
def test_what_is_no_task_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.jsonl").write_text(text)
    with pytest.raises(BadInput, match=re.escape(said)):
        read_tasks(tmp_path / "own.jsonl")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"own\.jsonl cannot be read: No such file or directory; give"):
        read_tasks(tmp_path / "own.jsonl")


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (
            "import math\n\ndef check(f):\n    assert f(1) == PARTS\n\ncheck(halves)\n",
            "from solution import PARTS, halves\n"
            "import math\n\ndef check(f):\n    assert f(1) == PARTS\n\n\ndef test_halves():\n    check(halves)\n",
        ),
        (
            "def check(List):\n    PARTS = 3\n    assert List(PARTS)\n",
            "from solution import halves\n"
            "def check(List):\n    PARTS = 3\n    assert List(PARTS)\n\n\ndef test_halves():\n    check(halves)\n",
        ),
        (
            "n = 'é'; assert halves([]) == []\nfor n in [1]:\n    assert halves([n])\n",
            "from solution import halves\n"
            "n = 'é';\n\n\ndef test_halves():\n    assert halves([]) == []\n"
            "    for n in [1]:\n        assert halves([n])\n",
        ),
        (
            "def halves(x):\n    return x\n\nassert halves(1)\n",
            "def halves(x):\n    return x\n\n\ndef test_halves():\n    assert halves(1)\n",
        ),
    ],
    ids=["call", "no call", "assertions", "a function of its own"],
)
def test_from_the_first_call_or_assertion_on_it_is_a_test(given: str, made: str) -> None:
    """What is before stays; what it lacks, and only that, comes from the program: unused imports would be faults."""
    program = HALVES["declaration"]
    assert programs(Task.model_validate(HALVES | {"test": given})) == (
        Program("Own/1", "canonical", {"solution.py": program + HALVES["canonical_solution"], TESTS: made}),
        Program("Own/1", "buggy", {"solution.py": program + HALVES["buggy_solution"], TESTS: made}),
    )


def test_what_is_not_as_it_must_be_is_told_and_missed() -> None:
    given, wrong = finding("lint", "useless", rule="B018"), finding("lint", "undefined", rule="F821")

    def judged(kind: Any, *found: Finding) -> Judged:
        result = CheckResult(check="lint", status="failed" if found else "passed", findings=found)
        report = CheckReport(version=f"Own/1, {kind}", results=(result, CheckResult(check="tests", status="passed")))
        return Judged(Program("Own/1", kind, {}), report, (given,), 1.5)

    done = [judged("canonical", given), judged("canonical", given, wrong), judged("buggy", given)]
    assert colours(done).splitlines()[2:] == [
        "canonical    2      1    1        1         0     1.5",
        "buggy        1      1    0        0         0     1.5",
    ]
    assert list(surprises(done)) == [
        "Own/1, buggy: green; 0 tests passed",
        "Own/1, canonical, its tests alone (not counted): [lint] B018 useless",
        "Own/1, canonical, its tests alone (not counted): [lint] B018 useless",
        "Own/1, canonical: [lint] F821 undefined",
    ]
    assert verdicts(goals(done)).splitlines()[2:] == [
        "buggy-red         0.00  100.00 % of 1   missed",
        "canonical-green  50.00  100.00 % of 2   missed",
    ]
