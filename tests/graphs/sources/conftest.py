from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Git = Callable[..., str]

_SETTINGS = ("user.name=A", "user.email=a@b.c", "init.defaultBranch=main", "commit.gpgsign=false")


@pytest.fixture(scope="session")
def git() -> Git:
    """Runs git as a person does; returns what it says."""

    def run(folder: Path, *words: str) -> str:
        command = ["git", *(word for each in _SETTINGS for word in ("-c", each)), *words]
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent"}
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout

    return run


@pytest.fixture(scope="session")
def lay() -> Callable[[Path, Mapping[str, bytes]], None]:
    """Writes files below a folder."""

    def write(folder: Path, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)

    return write
