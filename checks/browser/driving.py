from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...sandboxes import DRIVER, WORKSPACE, Command, FileContent, Sandbox, SandboxRefusal
from .scenarios import Scenario

_GRACE = 15.0
_NO_BROWSER, _NO_DRIVER = 3, 4
_PICTURES = 120
_PICTURE = 4 << 20
"""Bytes of one picture."""
_MAGIC = b"\x89PNG\r\n\x1a\n"
_FILES = ("__init__.py", "__main__.py", "facts.js", "playing.py", "telling.py", "visiting.py", "watching.py")

Text = Annotated[str, Field(max_length=1000)]


class Seen(BaseModel):
    """A line of the driver's report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[
        "opening", "closed", "visited", "exception", "console", "request", "blank", "hangs", "leaves", "anchor", "link",
        "remote", "dialog", "popup", "axe", "picture", "played", "more", "late", "end",
    ]  # fmt: skip
    page: Text = ""
    """A path of the site; of `played` and what belongs to it the id of a scenario."""
    text: Text = ""
    url: Text = ""
    line: int = 0
    column: int = 0
    """From 0, where `line` is from 1."""
    stack: Text = ""
    """The calls that led there, the innermost first."""
    target: Text = ""
    href: Text = ""
    """As it is written."""
    resource: Text = ""
    status: int | Literal["passed", "failed"] = 0
    media_type: Text = ""
    rule: Text = ""
    impact: Text = ""
    selector: Text = ""
    html: Text = ""
    why: Text = ""
    count: int = 0
    seconds: float = 0.0
    file: Annotated[str, Field(pattern=r"^[0-9]{1,10}-[0-9]{1,30}\.png$")] | Literal[""] = ""


@dataclass(frozen=True)
class Job:
    """What the browser has to do."""

    port: int
    pages: tuple[str, ...]
    most: int
    """Pages that are opened."""
    scenarios: tuple[Scenario, ...]
    page_seconds: float
    seconds: float


class NotDriven(Exception):
    """The browser did nothing; the message says why, and the next step."""


@dataclass
class Drive:
    """What the driver saw."""

    seen: list[Seen]
    pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """By name, for people."""
    ended: str = ""
    """How it ended before it was done; '' where it was."""


async def drive(sandbox: Sandbox, job: Job) -> Drive:
    """Do `job` in `sandbox`, an empty one with a browser. NotDriven."""
    folder = Path(__file__).parent / "driver"
    await sandbox.write({f"driver/{name}": FileContent((folder / name).read_bytes()) for name in _FILES})
    request = {
        "base": f"http://localhost:{job.port}",
        "pages": job.pages,
        "most": job.most,
        "page_seconds": job.page_seconds,
        "seconds": job.seconds,
        "scenarios": [
            {
                "id": scenario.id,
                "line": scenario.line,
                "open": scenario.opens,
                "steps": [{"line": step.line, "do": step.do, "with": step.given} for step in scenario.steps],
            }
            for scenario in job.scenarios
        ],
    }
    command = Command(
        ("python3", "-m", "driver"),
        stdin=json.dumps(request).encode("ascii"),
        env={"PYTHONPATH": f"{WORKSPACE}:{DRIVER.place}"},
        timeout=job.seconds + _GRACE,
    )
    result = await sandbox.exec(command)
    if result.exit_code == _NO_BROWSER:
        raise NotDriven("there is no browser in the sandbox: `apt-get install chromium fonts-dejavu-core libatomic1`")
    if result.exit_code == _NO_DRIVER:
        raise NotDriven(f"the sandbox lacks what drives a browser ({DRIVER.holds}): open it with `Sandboxes.browsing`")
    seen = await _report(sandbox)
    words = (result.stderr.text or result.stdout.text).strip()[-600:]
    ended = "" if any(line.kind == "end" for line in seen) else f"the browser's driver ended with {result.exit_code}"
    if ended and not seen:
        raise NotDriven(f"{ended}: {words}")
    if any(line.kind == "late" for line in seen):
        ended = f"not all was done within {job.seconds:g} s"
    elif ended:
        ended += f": {words}"
    return Drive(seen, await _pictures(sandbox, seen), ended)


async def _report(sandbox: Sandbox) -> list[Seen]:
    try:
        lines = (await sandbox.read("report.jsonl")).splitlines()
    except SandboxRefusal:
        return []
    seen: list[Seen] = []
    for line in lines[:3000]:
        try:
            seen.append(Seen.model_validate_json(line))
        except ValidationError:
            raise NotDriven(f"the browser's driver wrote a line that is none of its own: {line[:200]!r}") from None
    return seen


async def _pictures(sandbox: Sandbox, seen: Sequence[Seen]) -> dict[str, bytes]:
    names = {line.text: f"pictures/{line.file}" for line in seen if line.kind == "picture" and line.file}
    wanted = dict(list(names.items())[:_PICTURES])
    read = await sandbox.read_many(list(wanted.values())) if wanted else {}
    found = {name: read[path] for name, path in wanted.items()}
    return {
        name: data
        for name, data in found.items()
        if isinstance(data, bytes) and data.startswith(_MAGIC) and len(data) <= _PICTURE
    }
