"""The doors to existing projects: what came in and what did not is said, and a wrong word costs nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Slipway


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "node_modules").mkdir(parents=True)
    (root / "app.py").write_text("x = 1\n")
    (root / ".env").write_text("KEY=1\n")
    return root


def test_an_import_tells_what_it_did(slipway: Slipway, app: Path) -> None:
    done = slipway("import", str(app))
    version = done.stdout.partition("version ")[2][:40]
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"project app: 1 file imported, version {version}\n"
        "left out: .env (its name is that of a file with secrets)\n"
        "left out: node_modules/ (installed dependencies)\n",
        "",
    )
    again = json.loads(slipway("import", str(app), "--project", "app", "--json").stdout)
    assert again == {
        "kind": "imported", "project": "app", "version": version, "before": version, "files": 1, "commit": None,
        "left_out": {".env": "its name is that of a file with secrets", "node_modules/": "installed dependencies"},
        "uncommitted": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "/none/at/all"], 2, "slipway: '/none/at/all' is not a directory; name the one that holds"),
        (
            ["build", "x", "--lineup", "demo", "--from", "/none/at/all"],
            2,
            "slipway: '/none/at/all' is not a directory;",
        ),
        (["build", " ", "--from", "."], 2, "slipway: the request is empty"),
        (["branch", "r"], 2, "slipway branch: the following arguments are required: --repo"),
        (["branch", "nope", "--repo", "."], 2, "slipway: no run 'nope'; there are no runs"),
    ],
)
def test_one_line_that_names_the_thing(slipway: Slipway, arguments: list[str], code: int, said: str) -> None:
    done = slipway(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert done.stderr.startswith(said), done.stderr


def test_what_cannot_begin_imports_nothing(slipway: Slipway, app: Path) -> None:
    """One would have to look for a project that one did not want, and the next try would be called app-2."""
    for arguments, code, said in (
        (["--lineup", "gpt"], 78, "slipway: unknown line-up 'gpt': "),
        ([], 78, "slipway: no model to work with: "),
        (["--lineup", "demo", "--into", str(app)], 2, f"slipway: the directory '{app}' is not empty;"),
    ):
        done = slipway("build", "x", "--from", str(app), *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
        assert done.stderr.startswith(said), done.stderr
    assert slipway("import", str(app)).stdout.startswith("project app: ")


def test_a_demo_that_cannot_begin_imports_nothing(slipway: Slipway, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    done = slipway("demo", "change", "--into", str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "is not empty; name a new or an empty one with --into" in done.stderr
