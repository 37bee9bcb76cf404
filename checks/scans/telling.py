"""What the programs have in common that run a tool in the sandbox. Sent as text: it may import nothing of ours."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

Place = tuple[str, int, str, str, str, str]
"""Path, line, the tool's name of the rule, its grade, message, and the source's line."""

_LONGEST = 300  # characters of a message, and of a line of source
_SAID = 300  # characters of what a tool says when it breaks


class Failed(Exception):
    """Nobody can tell; the message says why."""


@contextmanager
def scratch() -> Generator[Path]:
    """A folder outside the project, from which tools run."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def run_tool(
    argv: Sequence[str], folder: Path, expected: Sequence[int], **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """How `argv`, run in `folder`, ended: with a status that is `expected`.

    It gets no variable of the environment but `variables` and what every program needs. Raises Failed.
    """
    environment = {
        "PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore", **variables,
    }  # fmt: skip
    try:
        done = subprocess.run(
            argv, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise Failed(f"{argv[0]} cannot be started: {error.strerror}") from error
    if done.returncode not in expected:
        raise Failed(f"it ended with {done.returncode}: {said(done)}")
    return done


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """The end of what a tool said when it broke."""
    return " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())[-_SAID:]


def python(modules: str, module: str) -> list[str]:
    """The command that runs `module` of the tools in `modules`. Failed where they are not in the sandbox."""
    if not Path(modules, module).exists():
        raise Failed(f"{module} is not in the sandbox; its layer `analysis` has it")
    return [sys.executable, "-P", "-s", "-m", module]


def place(path: str, line: int, rule: str, grade: str, message: str) -> Place:
    """A finding, as it is told."""
    return path, line, rule, grade, " ".join(message.split())[:_LONGEST], _source(path, line)


@functools.lru_cache(maxsize=64)
def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def _source(path: str, line: int) -> str:
    lines = _lines(path)
    return lines[line - 1].strip()[:_LONGEST] if 0 < line <= len(lines) else ""


def tell(answer: str, places: Sequence[Place] | str) -> None:
    """Write what was found, or why nobody can tell, into the file `answer`."""
    Path(answer).parent.mkdir(exist_ok=True)
    Path(answer).write_text(json.dumps(places), encoding="utf-8")
