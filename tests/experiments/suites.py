"""A small suite on disk, and models that play it: who says what is in `playing.py` of the integration tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..integration.playing import REQUEST, RIGHT, TESTS

ACCEPTANCE = "from money import cents\nassert cents('0.05') == 5\nassert cents('3.5') == 350\nprint('fine')\n"
SHOWN = RIGHT + '\n\ndef shown(cents: int) -> str:\n    return f"{cents // 100}.{cents % 100:02}"\n'


def write_suite(folder: Path, *tasks: Path | str) -> Path:
    """A suite of the tasks in these folders, which are in `folder`."""
    names = [Path(task).name for task in tasks]
    (folder / "suite.yaml").write_text(json.dumps({"name": "small", "summary": "Small tasks.", "tasks": names}))
    return folder


def write_task(
    folder: Path,
    name: str,
    *,
    family: str = "new",
    request: str = REQUEST,
    acceptance: str = ACCEPTANCE,
    start: Mapping[str, str] | None = None,
    steps: Mapping[int, tuple[str, str]] | None = None,
    **head: Any,
) -> Path:
    """A task in `folder`. `steps`: of a sequence, the number of each request with its text and its hidden check."""
    place = folder / name
    said = {"id": name, "family": family, "summary": name, "opaque": opaque(name), "licence": "Apache-2.0", **head}
    _write(place / "task.yaml", json.dumps(said))
    for path, text in (start or {}).items():
        _write(place / "start" / path, text)
    for number, (text, check) in (steps or {0: (request, acceptance)}).items():
        part = place / str(number) if number else place
        _write(part / "request.md", f"({opaque(name)}) {text}")
        _write(part / "reference/money.py", RIGHT)
        _write(part / "reference/tests/test_money.py", TESTS)
        _write(part / "acceptance/acceptance.py", check)
    return place


def opaque(name: str) -> str:
    """The id that a task of that name has in its requests."""
    return f"T-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def write_spec(folder: Path, lineups: Mapping[str, Any], **more: Any) -> Path:
    """A spec of an experiment on the suite in `folder`."""
    file = folder / "spec.yaml"
    file.write_text(json.dumps({"name": "tiny", "suite": str(folder / "suite"), "lineups": lineups, **more}))
    return file


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


__all__ = ["ACCEPTANCE", "SHOWN", "opaque", "write_spec", "write_suite", "write_task"]
