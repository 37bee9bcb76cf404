"""Harbor's task folders, where the environment is Python and files: their solution is run once, in a sandbox.

Where a task names `/app`, `/tests` and `/logs`, folders of the workspace stand.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ....checks import is_test_file
from ....config import Settings
from ....config.task import Files
from ....graphs.resources import one_sandbox
from ....sandboxes import WORKSPACE, Command, Sandbox, SandboxRefusal
from ..trying import contents
from .base import PYTEST, Draft, Skipped, files_below, licence_beside, one_line, slug, unread

_PLACES = {"/app": WORKSPACE, "/tests": f"{WORKSPACE}/.tests", "/logs": f"{WORKSPACE}/.logs"}
_FETCHES = re.compile(r"\b(curl|wget|apt-get|apt|apk|uvx?|pip3?|npm|git clone)\b")
_SOLUTION = ".solution"
_RUNS_TESTS = """\
import pathlib
import subprocess
import sys

reward = pathlib.Path(".logs/verifier/reward.txt")
reward.parent.mkdir(parents=True, exist_ok=True)
done = subprocess.run(["bash", ".tests/test.sh"])
sys.exit(float(reward.read_text()) < 1 if reward.exists() else done.returncode)
"""


class _Unlike(Exception):
    """The task needs what is not there; the message says what."""


async def tasks(source: Path, settings: Settings) -> AsyncIterator[Draft | Skipped]:
    """Every task in `source` or below."""
    folders = [path.parent for path in sorted(source.rglob("task.toml"))]
    async with one_sandbox(settings) as empty:
        for folder in folders:
            try:
                yield await _task(folder, source, empty)
            except (_Unlike, SandboxRefusal) as error:
                yield Skipped(folder.name, str(error))
            except (OSError, ValueError) as error:
                yield Skipped(folder.name, unread(error, folder))


async def _task(folder: Path, source: Path, empty: Sandbox) -> Draft:
    about = tomllib.loads((folder / "task.toml").read_text(encoding="utf-8"))
    request = _moved((folder / "instruction.md").read_bytes(), ".").decode()
    start = _environment(folder / "environment")
    tests = {f".tests/{path}": _moved(data) for path, data in files_below(folder / "tests").items()}
    command, more = _acceptance(tests)
    return Draft(
        id=slug(folder.name),
        summary=one_line(request),
        request=request,
        licence=licence_beside(folder, source),
        source=f"Harbor: {folder.name}{_author(about)}",
        reference=await _solved(folder / "solution", start, empty),
        acceptance={**tests, **more},
        command=command,
        timeout=float(about.get("verifier", {}).get("timeout_sec", 60)),
        start=start,
    )


def _author(about: dict[str, Any]) -> str:
    name = about.get("metadata", {}).get("author_name", "")
    return f", by {name}" if name else ""


def _moved(data: bytes, app: str = WORKSPACE) -> bytes:
    """A text with the places that a workspace has; anything else as it is."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    for place, ours in {**_PLACES, "/app": app}.items():
        text = re.sub(rf"(?<![\w./]){place}(?![\w-])", ours, text)
    return text.encode()


def _environment(folder: Path) -> dict[str, bytes]:
    """The files that an image copies to its working folder. _Unlike where it does more than that."""
    given, files, at = files_below(folder), dict[str, bytes](), "/app"
    if "Dockerfile" not in given:
        raise _Unlike("its environment has no Dockerfile")
    for line in re.sub(r"\\\n", " ", given["Dockerfile"].decode("utf-8")).splitlines():
        word, _, rest = line.strip().partition(" ")
        match word.upper():
            case "FROM":
                if not re.match(r"(.*/)?(python|ubuntu|debian)\b", rest):
                    raise _Unlike(f"its environment begins with {rest}; only Python's own is imported")
            case "WORKDIR":
                at = rest.strip()
                if at != "/app":
                    raise _Unlike(f"it works in {at}; only /app is imported")
            case "COPY" | "ADD":
                files |= _copied(shlex.split(rest), given)
            case "RUN":
                if not re.fullmatch(r"pip3? install( --\S+)* pytest\S*|mkdir -p \S+", rest.strip()):
                    raise _Unlike(f"its environment runs `{rest.strip()[:80]}`")
            case _:
                continue
    return files


def _copied(words: list[str], given: Files) -> dict[str, bytes]:
    names = [word for word in words if not word.startswith("--")]
    *sources, target = names
    below = posixpath.normpath(posixpath.join("/app", target))
    if below != "/app" and not below.startswith("/app/"):
        raise _Unlike(f"its environment copies to {target}; only /app is imported")
    place = posixpath.relpath(below, "/app")
    files: dict[str, bytes] = {}
    for source in (posixpath.normpath(name) for name in sources):
        for path, data in given.items():
            if path == source:
                single = len(sources) == 1 and not target.endswith("/") and place != "."
                files[place if single else posixpath.normpath(f"{place}/{path.rpartition('/')[2]}")] = data
            elif (source == "." or path.startswith(f"{source}/")) and path != "Dockerfile":
                rest = path if source == "." else path.removeprefix(f"{source}/")
                files[posixpath.normpath(f"{place}/{rest}")] = data
    return files


def _acceptance(tests: Files) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """How the tests are run: by pytest, or by their program where that fetches nothing."""
    if found := sorted(path for path in tests if is_test_file(path)):
        return (*PYTEST, *found), {}
    script = tests.get(".tests/test.sh", b"").decode("utf-8")
    if not script:
        raise _Unlike("it has neither tests/test_*.py nor tests/test.sh")
    if fetches := _FETCHES.search(script):
        raise _Unlike(f"its tests/test.sh calls {fetches[0]}, and there is no network")
    return ("python", "acceptance.py"), {"acceptance.py": _RUNS_TESTS.encode()}


async def _solved(folder: Path, start: Files, empty: Sandbox) -> dict[str, bytes]:
    """What its solution leaves, where that differs from what the task begins with."""
    given = {f"{_SOLUTION}/{path}": _moved(data) for path, data in files_below(folder).items()}
    if f"{_SOLUTION}/solve.sh" not in given:
        raise _Unlike("it has no solution/solve.sh")
    sandbox = await empty.fork()
    try:
        await sandbox.write(contents({**start, **given}))
        done = await sandbox.exec(Command(("bash", f"{_SOLUTION}/solve.sh"), timeout=120))
        if not done.ok:
            last = (done.stderr.text.strip() or "no message").splitlines()[-1]
            raise _Unlike(f"its solution ends with {done.exit_code} in a sandbox: {last}")
        paths = [path for path in await sandbox.snapshot() if not path.startswith((f"{_SOLUTION}/", ".logs/"))]
        read = await sandbox.read_many(sorted(paths))
    finally:
        await sandbox.close()
    made = {path: data for path, data in read.items() if isinstance(data, bytes) and start.get(path) != data}
    if not made:
        raise _Unlike("its solution leaves no files")
    return made
