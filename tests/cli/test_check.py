"""A directory is checked without a run: what the gate says has to reach people, programs and exit codes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Slipway = Callable[..., subprocess.CompletedProcess[str]]

FILES = {
    "adding.py": "def add(a, b):\n    return a + b\n",
    "test_adding.py": "from adding import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "adding"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def test_a_green_directory(slipway: Slipway, project: Path) -> None:
    done = slipway("check", str(project))
    lines = [line.rpartition(",")[0] or line.partition(":")[0] for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr, lines) == (0, "", [
        "ok   syntax", "ok   lint", "ok   placeholders", "ok   imports", "ok   tests: 1 of 1 test passed",
        "2 files: green",
    ])  # fmt: skip
    assert sorted(path.name for path in project.iterdir()) == sorted(FILES)


def test_a_red_one_says_what_and_where_to_people_and_programs(slipway: Slipway, project: Path, tmp_path: Path) -> None:
    (project / "adding.py").write_text("def add(a, b):\n    return a - c\n")
    (project / ".env").write_text("A=1\n")
    sarif, junit = tmp_path / "a.sarif", tmp_path / "a.xml"
    done = slipway("check", str(project), "--sarif", str(sarif), "--junit", str(junit))
    assert done.returncode == 1
    assert "     adding.py:2: Undefined name `c` [F821]\n" in done.stdout
    assert "left out: .env (" in done.stdout
    assert f"written: {sarif}\nwritten: {junit}\n" in done.stdout
    assert done.stdout.endswith("2 files: red, 2 findings would keep it from being delivered\n")
    found = [result["ruleId"] for run in json.loads(sarif.read_text())["runs"] for result in run["results"]]
    assert "F821" in found
    assert int(ElementTree.parse(junit).getroot().attrib["failures"]) >= 2
    told = json.loads(slipway("check", str(project), "--json").stdout)
    assert (told["green"], told["files"], list(told["left_out"])) == (False, 2, [".env"])
    assert [each["check"] for each in told["report"]["results"] if each["status"] == "failed"] == ["lint", "tests"]


def test_it_is_held_to_a_pack_and_its_pages_are_seen(slipway: Slipway, tmp_path: Path) -> None:
    folder, pictures = tmp_path / "pages", tmp_path / "pictures"
    folder.mkdir()
    (folder / "index.html").write_text(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Hello</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n'
        '<body><main><h1>Hello</h1><script src="missing.js"></script></main></body>\n</html>\n'
    )
    done = slipway("check", str(folder), "--pack", "static-web", "--pictures", str(pictures))
    assert (done.returncode, "FAIL browser" in done.stdout, "missing.js" in done.stdout) == (1, True, True)
    assert {file.read_bytes()[:4] for file in pictures.iterdir()} == {b"\x89PNG"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 2, "'nowhere' is not a directory; name the one that holds the project"),
        (["."], 2, "holds no files of a project: it is empty"),
        ([".", "--pack", "auto"], 2, "no architect is asked here who could choose a pack; name one, or `none`"),
        ([".", "--pack", "cobol"], 78, "'cobol'"),
    ],
    ids=["no directory", "nothing in it", "nobody chooses a pack", "no such pack"],
)
def test_what_cannot_be_checked_is_said(
    slipway: Slipway, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    """One line that names the thing."""
    (tmp_path / "empty").mkdir()
    done = slipway("check", *[str(tmp_path / "empty") if word == "." else word for word in words])
    assert (done.returncode, len(done.stderr.splitlines()), said in done.stderr) == (code, 1, True), done.stderr
