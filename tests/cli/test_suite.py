"""The doors to suites, as a person or a program in CI uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

Slipway = Callable[..., subprocess.CompletedProcess[str]]
HEAD = {"id": "one", "family": "new", "summary": "one", "opaque": "T-000001", "licence": "Apache-2.0"}
FILES = {
    "suite.yaml": "name: tiny\nsummary: for tests\ntasks: [one]\n",
    "one/task.yaml": yaml.safe_dump(HEAD),
    "one/request.md": "(T-000001) Write `one.py` with a function `one`, which is 1.\n",
    "one/reference/one.py": "def one(a=2, b=1):\n    c = a - b\n    return c\n",
    "one/reference/tests/test_one.py": "from one import one\n\n\ndef test_c1_one():\n    assert one() == 1\n",
    "one/acceptance/acceptance.py": "from one import one\n\nassert one() == 1\n",
}


def put(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_a_suite_is_furnished_proven_and_spoilt(slipway: Slipway, tmp_path: Path) -> None:
    """The way that whoever writes a suite goes."""
    folder = put(tmp_path / "tiny", FILES)
    made = slipway("suite", "bugs", str(folder), "--json")
    [told] = json.loads(made.stdout)
    assert (made.returncode, told["task"], told["wrong"], len(told["bugs"])) == (0, "one", [], 1), made.stderr
    held = slipway("suite", "check", str(folder))
    first, note, last = held.stdout.splitlines()
    assert (held.returncode, first[:13], last.endswith(": 1 of 1 task hold")) == (0, "ok   one  new", True), held.stderr
    assert note == "     no play: the simulated developer cannot play it"
    (folder / "one/acceptance/acceptance.py").write_text("")
    broken = slipway("suite", "check", str(folder), "--task", "one", "--json")
    told = json.loads(broken.stdout)
    [proven] = told["proven"]
    assert (broken.returncode, told["holds"], proven["notes"], proven["wrong"][0]) == (
        1, False, [note.strip()], {"claim": "what stood there before",
                   "said": "it is accepted; let the acceptance check notice what is wrong with it"},
    )  # fmt: skip


def test_what_cannot_be_is_one_line(slipway: Slipway, tmp_path: Path) -> None:
    for arguments, code, said in (
        (("check", "rails"), 2, "unknown suite 'rails': it is neither a folder nor one of "),
        (("bugs", str(tmp_path)), 78, "task.yaml: is missing; write it"),
        (
            ("import", "exercism", str(tmp_path), "--into", str(tmp_path / "a")),
            2,
            "holds nothing of the kind exercism; name a folder that holds exercises",
        ),
        (("import", "rails", "a", "--into", "b"), 2, "slipway suite import: argument KIND: invalid choice: 'rails'"),
    ):
        done = slipway("suite", *arguments)
        assert (done.returncode, said in done.stderr, done.stderr.count("\n"), done.stdout) == (code, True, 1, ""), done


def test_suites_and_their_tasks_are_listed(slipway: Slipway, tmp_path: Path) -> None:
    """Whoever writes a spec finds there what its `tasks` may name."""
    folder = put(tmp_path / "tiny", FILES)
    every, core, one = (slipway("suite", "list", *more) for more in ((), ("core",), (str(folder),)))
    assert (every.returncode, core.returncode) == (0, 0), every.stderr + core.stderr
    [whole] = [line for line in every.stdout.splitlines() if line.startswith("core ")]
    assert f" {len(core.stdout.splitlines())} tasks: " in whole
    assert one.stdout == "one  new        none  1 request    0 bugs  not playable\n"
    told = json.loads(slipway("suite", "list", "core", "--json").stdout)
    assert [(task["task"], task["playable"]) for task in told["tasks"]] == [
        (line.split()[0], not line.endswith(" not playable")) for line in core.stdout.splitlines()
    ]
