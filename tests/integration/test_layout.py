"""The root of the repository is the package: what must agree for that to hold, agrees."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_type_checkers_see_every_folder() -> None:
    links = {path.name for path in (ROOT / ".typings/slipway").iterdir() if path.is_dir()}
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert links == folders


def test_every_package_is_declared() -> None:
    found = {
        ".".join(["slipway", *Path(name).parent.parts])
        for name in _tracked("*/__init__.py", "__init__.py")
        # The projects of demos, packs and benchmarks are data.
        if not name.startswith(
            (
                "tests/", ".", "models/scripted/demos/", "config/packs/", "config/starter/", "config/suites/",
                "benchmarks/",
            )
        )
    }  # fmt: skip
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_no_stray_module_at_the_root() -> None:
    assert {name for name in _tracked("*.py") if "/" not in name} == {"__init__.py", "__main__.py"}


def test_the_layers_name_every_folder() -> None:
    """A folder that no layer names could import anything."""
    [contract] = PROJECT["tool"]["importlinter"]["contracts"]
    named = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    assert named == {path.parent.name for path in ROOT.glob("*/__init__.py")}


DATA = ("tests/", "benchmarks/", "config/packs/", "config/suites/")
"""Where files are no modules of the package."""


def test_one_file_reads_the_environment() -> None:
    readers = [name for name in _tracked("*.py") if "os.environ" in (ROOT / name).read_text()]
    assert [name for name in readers if not name.startswith(DATA)] == ["config/loader.py"]


def test_langgraph_json_names_the_graph() -> None:
    assert json.loads((ROOT / "langgraph.json").read_text())["graphs"] == {"slipway": "slipway.graphs.build:graph"}


PAGES = [
    "README.md",
    "AGENTS.md",
    "CHANGELOG.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("name", PAGES)
def test_links_in_the_docs_lead_somewhere(name: str) -> None:
    file = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
        assert (file.parent / target).exists(), f"{name} links to {target}, which is not there"


def test_the_readmes_python_example_runs(environment: dict[str, str], tmp_path: Path) -> None:
    """The first thing that people copy."""
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(example.splitlines()) < 20
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, *proofs = done.stdout.splitlines()
    assert first == "delivered 0.0" and len(proofs) == 7 and all(" proven " in line for line in proofs)
    assert (tmp_path / "tally/tally/cli.py").is_file()


def test_the_example_of_a_sandbox_runs(environment: dict[str, str], tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/sandboxes.md").read_text(), re.DOTALL)
    command = [sys.executable, "-c", example]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "42\n 0\n", "")
