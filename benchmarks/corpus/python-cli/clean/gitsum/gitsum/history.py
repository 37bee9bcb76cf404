"""What git says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class GitFailed(Exception):
    """git could not answer; the message is its own."""


@dataclass(frozen=True)
class Change:
    """Lines of one file in one commit."""

    author: str
    file: str
    added: int
    removed: int


def log(repository: Path, since: str | None) -> list[str]:
    """The lines of `git log --numstat`, each commit begun by `@` and its author. GitFailed."""
    command = ["git", "-C", str(repository), "log", "--numstat", "--format=@%aN"]
    if since:
        command.append(f"--since={since}")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise GitFailed("git is not installed") from error
    if done.returncode != 0:
        raise GitFailed(done.stderr.strip())
    return done.stdout.splitlines()


def changes(lines: Iterable[str]) -> list[Change]:
    """The changes that `log` tells; binary files count as no lines."""
    author, found = "", list[Change]()
    for line in lines:
        if line.startswith("@"):
            author = line[1:]
        elif line:
            added, removed, file = line.split("\t", 2)
            found.append(Change(author, file, _count(added), _count(removed)))
    return found


def _count(text: str) -> int:
    return 0 if text == "-" else int(text)
