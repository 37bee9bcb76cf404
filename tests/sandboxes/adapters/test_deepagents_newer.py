"""deepagents 0.7 changed what it asks under the same names; LangChain's standard tests still follow 0.6.

So the newest is put beside the environment, in a folder of its own, and asked in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

VERSION = "0.7.32"


@pytest.fixture(scope="module")
def newer(cache_dir: Path) -> Path:
    """The folder with that version, kept from one test session to the next."""
    place = cache_dir / f"deepagents-{VERSION}"
    if not place.is_dir():
        cache_dir.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=cache_dir))
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(made)]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, f"deepagents=={VERSION}"], check=True)
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
    return place


@pytest.fixture(scope="module")
def said(newer: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    program = [sys.executable, str(Path(__file__).with_name("newer.py")), str(tmp_path_factory.mktemp("cache"))]
    done = subprocess.run(
        program, env={**os.environ, "PYTHONPATH": str(newer)}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def window(content: str, **more: Any) -> dict[str, Any]:
    pages = {
        "total_lines": None,
        "start_line": None,
        "end_line": None,
        "next_offset": None,
        "no_lines_requested": False,
    }
    return {"file_data": {"content": content, "encoding": "utf-8"}, **pages, **more}


@pytest.mark.parametrize("place", ["/workspace", "/tmp/place"])
def test_what_changed_is_kept_to(said: dict[str, Any], place: str) -> None:
    assert said["version"] == VERSION
    told = json.loads(json.dumps(said["told"][place]).replace(place, "."))
    assert told == {
        "write again": {"error": None, "path": "./b.txt"},
        "still executable": True,
        "globs": {
            "*.py": ["./a.py", "./src/a.py", "./src/app/main.py", "./src/{x}.py"],
            "**/*.py": ["./a.py", "./src/a.py", "./src/app/main.py", "./src/{x}.py"],
            "/*.py": ["./a.py"],
            "src/*.py": ["./src/a.py", "./src/{x}.py"],
            "*.yml": ["./.github/ci.yml"],
            "**/*.yml": [],
            ".env": ["./.env"],
            "*": [
                "./.github/ci.yml", "./a.py", "./b.txt", "./lines", "./src/a.py", "./src/app/main.py", "./src/{x}.py",
            ],
            "{a,b}.*": ["./a.py", "./b.txt", "./src/a.py"],
            "src/{app,lib}/*.py": ["./src/app/main.py"],
            "src": [],
            "..": "Path '.': '..' leads out of the folder; give a pattern relative to it",
        },
        "windows": [
            window("1\n2", total_lines=5, start_line=1, end_line=2, next_offset=2),
            window("4\n5", total_lines=5, start_line=4, end_line=5),
            window("1", total_lines=5, start_line=1, end_line=1, next_offset=1),
            window("", no_lines_requested=True),
        ],
        "grep": [[2, True], [6, False], [6, False]],
        "deleted": [
            {"error": None, "path": "./src"},
            {"error": None, "path": "./a.py"},
            {"error": "Error: './none' not found", "path": None},
        ],
        "left": ["./b.txt", "./lines"],
        "async": "./lines",
    }  # fmt: skip


def test_an_agent_of_the_newer_kind_works_in_it(said: dict[str, Any]) -> None:
    """It reads in pages, and has a tool to delete with where the backend can."""
    read, deleted, gone = said["agent"]
    assert read == "@@ lines 1-1 of 3 | next offset 1 @@\n1"
    assert "Deleted" in deleted and "/workspace/x" in deleted
    assert gone.splitlines()[1] == "2"
