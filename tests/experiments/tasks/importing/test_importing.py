"""What others have becomes a suite that is proven like any other; what cannot is named, not dropped in silence."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from slipway.config import Settings, UsageError
from slipway.experiments import check_suite
from slipway.experiments.tasks.importing import import_suite

from ..conftest import put

MIT = "MIT License\n\nPermission is hereby granted, free of charge\n"
TEST = "from leap import leap\n\n\ndef test_leap():\n    assert leap(4) and not leap(100)\n"
LEAP = "def leap(year):\n    return year % 4 == 0 and year % 100 != 0\n"


def config(solution: str) -> str:
    files = {"solution": [solution], "test": ["leap_test.py"], "example": [".meta/example.py"]}
    return json.dumps({"authors": [], "files": files, "blurb": "Leap years.", "source": "a book"})


EXERCISE = {
    ".meta/config.json": config("leap.py"),
    ".meta/example.py": LEAP,
    ".docs/instructions.md": "# Instructions\n\nSay whether a year leaps.\n",
    "leap.py": "def leap(year):\n    pass\n",
    "leap_test.py": TEST,
}
ROW = {
    "task_id": "Python/7", "entry_point": "add", "declaration": "def add(a, b):\n",
    "prompt": 'def add(a, b):\n    """ The sum.\n    """\n', "docstring": "The sum.",
    "canonical_solution": "    c = a + b\n    return c\n", "buggy_solution": "    c = a - b\n    return c\n",
    "failure_symptoms": "incorrect output", "test": "def check(add):\n    assert add(2, 3) == 5\n\ncheck(add)",
    "example_test": "def check(add):\n    assert add(1, 1) == 2\ncheck(add)\n",
}  # fmt: skip
HARBOR = {
    "task.toml": 'version = "1.0"\n[metadata]\nauthor_name = "A. Author"\n[verifier]\ntimeout_sec = 30.0\n',
    "instruction.md": "Write /app/sum.txt with the sum of the numbers in /app/numbers.txt.\n",
    "environment/Dockerfile": "FROM python:3.13-slim\nWORKDIR /app\nCOPY data/numbers.txt /app/\n",
    "environment/data/numbers.txt": "1\n2\n",
    "solution/solve.sh": "#!/bin/bash\npaste -sd+ /app/numbers.txt | sed 's/.*/3/' > /app/sum.txt\n",
    "tests/test.sh": (
        "#!/bin/bash\nif grep -qx 3 /app/sum.txt; then echo 1; else echo 0; fi > /logs/verifier/reward.txt\n"
    ),
}


def sdist(folder: Path, name: str, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / f"{name}-1.0.tar.gz", "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}-1.0/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


LIBRARY = {
    "PKG-INFO": "Name: leap\nVersion: 1.0\nSummary: Leap years\nLicense-Expression: BSD-3-Clause\n",
    "README.md": "# leap\n\n`leap(year)` says whether a year leaps.\n",
    "src/leap/__init__.py": LEAP,
    "src/leap.egg-info/PKG-INFO": "",
    "tests/test_leap.py": TEST,
    "tests/test_more.py": "import hypothesis\n",
    "../outside.py": "",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """One of each kind, each beside something that cannot be imported."""
    put(tmp_path / "exercism", {"LICENSE": MIT})
    put(tmp_path / "exercism/python/leap", EXERCISE)
    put(tmp_path / "exercism/go/leap", {**EXERCISE, ".meta/config.json": config("leap.go")})
    put(tmp_path / "exercism/python/odd", {".meta/config.json": "{}"})
    put(tmp_path / "exercism/python/torn", {".meta/config.json": config("leap.py"), ".docs/instructions.md": "Leap."})
    put(tmp_path, {"humanevalpack": f"{json.dumps(ROW)}\n{{}}\n"})
    put(tmp_path / "harbor/sums", HARBOR)
    fetching = {**HARBOR, "environment/Dockerfile": "FROM python:3.13\nRUN apt-get install -y ffmpeg\n"}
    put(tmp_path / "harbor/films", fetching)
    put(tmp_path / "harbor/torn", {"task.toml": HARBOR["task.toml"]})
    sdist(tmp_path / "sdist", "leap", LIBRARY)
    sdist(tmp_path / "sdist", "needy", {**LIBRARY, "PKG-INFO": LIBRARY["PKG-INFO"] + "Requires-Dist: numpy>=2\n"})
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "task", "claims", "skipped"),
    [
        ("exercism", ("leap", "MIT", "Exercism: python/leap", "Leap years.", "Write `leap.py`."),
         ["reference", "tests", "stub"],
         [("go/leap", "its solution is leap.go; only Python is imported"),
          ("python/odd", "it cannot be read: 1 validation error for _Config files Field required"),
          ("python/torn", "its leap_test.py cannot be read: No such file or directory")]),
        ("humanevalpack", ("humaneval-7", "MIT", "HumanEvalPack: Python/7", "The sum.", "Write `solution.py` with thi"),
         ["reference", "tests", "stub", "bug by-people: new"],
         [("line 2", "task_id: field required")]),
        ("harbor", ("sums", "NOASSERTION", "Harbor: sums, by A. Author",
                    "Write ./sum.txt with the sum of the numbers in ./numbers.txt.", "Write ./sum.txt with"),
         ["reference", "what stood there before"],
         [("films", "its environment runs `apt-get install -y ffmpeg`"),
          ("torn", "its instruction.md cannot be read: No such file or directory")]),
        ("sdist", ("leap", "BSD-3-Clause", "leap 1.0: leap-1.0.tar.gz", "Leap years", "Write the Python library `lea"),
         ["reference", "what stood there before"],
         [("needy-1.0.tar.gz", "it depends on numpy>=2; only libraries that need nothing are imported")]),
    ],
)  # fmt: skip
async def test_each_kind_becomes_a_suite_that_holds(
    sources: Path, settings: Settings, kind: str, task: tuple[str, ...], claims: list[str],
    skipped: list[tuple[str, str]],
) -> None:  # fmt: skip
    imported = await import_suite(kind, sources / kind, sources / "made", settings)
    [made] = imported.suite.tasks
    assert (made.id, made.licence, made.source, made.summary) == task[:4]
    assert made.steps[0].request.startswith(f"({made.opaque}) {task[4]}")
    assert [
        (each.name, each.reason[: len(said)]) for each, (_, said) in zip(imported.skipped, skipped, strict=True)
    ] == (skipped)
    [proven] = (await check_suite(imported.suite, settings=settings)).tasks
    assert ([proof.claim for proof in proven.proofs], [p for p in proven.proofs if not p.holds]) == (claims, [])


async def test_the_bug_of_humanevalpack_is_the_lines_that_differ(sources: Path, settings: Settings) -> None:
    imported = await import_suite("humanevalpack", sources / "humanevalpack", sources / "made", settings)
    [bug] = imported.suite.tasks[0].steps[0].bugs
    assert (bug.kind, bug.effect, bug.old, bug.new) == ("other", "wrong", "    c = a + b\n", "    c = a - b\n")


async def test_what_is_wrong_with_a_source_or_a_target(sources: Path, settings: Settings) -> None:
    put(sources / "full", {"a": ""})
    put(sources, {"empty/a.md": "", "blank": "\n"})
    (sources / "binary").write_bytes(b"\x80")
    folders, lines = "name a folder that holds exercises, at any depth: each has", "name a file of JSON lines, one"
    archives = "name the .tar.gz of a library, or a folder with such files in it"
    for kind, source, into, said in (
        ("exercism", "gone", "made", f"gone is not there; {folders}"),
        ("exercism", "exercism/go", "made", r"can be imported \(leap: its solution is leap.go; only Python is imp"),
        ("exercism", "humanevalpack", "made", f"humanevalpack is a file; {folders}"),
        ("exercism", "empty", "made", f"empty holds nothing of the kind exercism; {folders}"),
        ("humanevalpack", "harbor", "made", f"harbor is a folder; {lines}"),
        ("humanevalpack", "blank", "made", f"blank holds nothing of the kind humanevalpack; {lines}"),
        ("humanevalpack", "binary", "made", f"binary cannot be read as humanevalpack: 'utf-8' codec .*; {lines}"),
        ("harbor", "blank", "made", "blank is a file; name a folder that holds tasks, at any depth: each has task.to"),
        ("harbor", "empty", "made", "empty holds nothing of the kind harbor; name a folder that holds tasks"),
        ("sdist", "empty", "made", f"empty holds nothing of the kind sdist; {archives}"),
        ("sdist", "blank", "made", r"can be imported \(blank: it cannot be read: "),
        ("exercism", "exercism", "full", "full is not empty; name a new folder"),
        ("exercism", "exercism", "Made Up", "'Made Up' cannot name a suite"),
    ):
        with pytest.raises(UsageError, match=said):
            await import_suite(kind, sources / source, sources / into, settings)
