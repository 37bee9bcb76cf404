"""What a model wrote must not run because somebody looked at it; what a person runs on purpose must not be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.state.export import export
from slipway.state.hazards import hazards


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", "sub/.git/hooks/post-checkout", ".GIT/config", "sub/.git",
        ".envrc", "sub/.envrc", "mise.toml", ".mise.toml", ".mise/config.toml",
        ".vscode/tasks.json", "web/.vscode/settings.json", ".VSCode/tasks.json", "app.code-workspace",
        ".idea/runConfigurations/x.xml", ".vs/x", ".zed/tasks.json", ".devcontainer/devcontainer.json",
        ".devcontainer.json", ".cursor/mcp.json", ".claude/settings.json", ".mcp.json",
    ],
)  # fmt: skip
def test_what_is_acted_upon_without_being_run(path: str) -> None:
    assert list(hazards([path, "README.md"])) == [path]


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py", "Makefile", "package.json", ".npmrc", ".pre-commit-config.yaml", ".husky/pre-commit", "setup.py",
        ".gitignore", ".gitattributes", ".github/workflows/ci.yml", ".editorconfig", ".env.example", "git/config",
        "HEAD", "envrc", "vscode/tasks.json",
    ],
)  # fmt: skip
def test_what_waits_to_be_run(path: str) -> None:
    """To build, test or start the software is a decision, and then its own code runs anyway."""
    assert hazards([path]) == {}


def test_a_folder_that_looks_like_a_repository_has_no_head() -> None:
    """Git takes any folder with these for a repository, with whatever its `config` says to run."""
    bare = ["sub/HEAD", "sub/objects/x", "sub/refs/x", "sub/config"]
    assert list(hazards(bare)) == ["sub/HEAD"]
    assert list(hazards(["head", "Objects/x", "refs/x"])) == ["head"]
    assert hazards(["sub/HEAD", "sub/objects/x", "refs/x"]) == {}


def test_asked_for_by_name_it_is_no_hazard() -> None:
    paths = [".vscode/tasks.json", ".vscode/settings.json", "sub/.envrc", ".envrc"]
    assert list(hazards(paths, [".vscode/", "sub/.envrc"])) == [".envrc"]
    assert list(hazards(paths, [".vs", "sub/.env"])) == sorted(paths)


def test_an_export_leaves_them_out_and_says_so(tmp_path: Path) -> None:
    files = dict.fromkeys(("a.py", ".envrc", ".vscode/tasks.json"), (b"x", False))
    left_out = export(files, tmp_path / "one")
    assert {path: bool(why) for path, why in left_out.items()} == {".envrc": True, ".vscode/tasks.json": True}
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["a.py"]
    assert list(export(files, tmp_path / "two", also=[".vscode"])) == [".envrc"]
    assert (tmp_path / "two" / ".vscode" / "tasks.json").read_bytes() == b"x"


def test_an_export_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    """What was left out is not taken for something that is missing, or in the way."""
    files = {"a.py": (b"x", False), ".envrc": (b"x", False)}
    (tmp_path / "into").mkdir()
    assert [list(export(files, tmp_path / "into")) for _ in range(2)] == [[".envrc"]] * 2
