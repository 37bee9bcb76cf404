"""Runs the tests in the sandbox under coverage.py. Sent as text: it may import only what is sent with it.

The project's settings of coverage are not read, nor do its comments leave lines out. Programs that a test starts with
Python are followed, too, where they inherit the environment and come to their end.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .telling import Failed, Place, scratch

_SETTINGS = """[run]
data_file = {folder}/data
parallel = true
sigterm = true
concurrency = thread
    multiprocessing
disable_warnings = no-data-collected,module-not-measured,already-imported,couldnt-parse,module-not-imported,no-sysmon
source = {root}
[report]
exclude_lines =
    if (typing\\.)?TYPE_CHECKING:
    if __name__ == .__main__.:
    ^\\s*\\.\\.\\.$
    ^\\s*raise NotImplementedError
"""
_STARTS_IT = "import coverage\n\ncoverage.process_startup()\n"
_FOLLOWED = """
export PYTHONPATH="$1${PYTHONPATH:+:$PYTHONPATH}" COVERAGE_PROCESS_START="$2"
shift 2
exec "$@"
"""
_PYTEST = """
import sys, pytest
sys.path.insert(0, "")
sys.exit(pytest.main(sys.argv[1:]))
"""
_ARGUMENTS = ("-q", "--tb=no", "--color=no", "-p", "no:cacheprovider", "--rootdir=.", "--maxfail=0")
_SAID = 300  # characters of what pytest says when it breaks
_RANGES = 40  # that are told of one file
_RAN = (0, 1)
"""How pytest ends when all tests ran: each passed, or some failed."""


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """A place for each file: the grade is how many lines the tests execute, `EXECUTED/ALL`; the message, which not."""
    if not Path(asked["tools"], "coverage").is_dir():
        raise Failed("coverage is not in the sandbox; its layer `analysis` has it")
    with scratch() as folder:
        files = {str(Path(path).absolute()): path for path in asked["files"]}
        settings = folder / "settings.ini"
        settings.write_text(_SETTINGS.format(folder=folder, root=Path.cwd()), encoding="utf-8")
        _run(asked, folder, settings)
        return list(_told(folder, settings, files))


def _run(asked: Mapping[str, Any], folder: Path, settings: Path) -> None:
    """Run the tests, each program of theirs followed from its first line on."""
    started = folder / "started"
    started.mkdir()
    # Nothing else of what is there for checks is to be seen by the project.
    (started / "coverage").symlink_to(Path(asked["tools"], "coverage"))
    (started / "sitecustomize.py").write_text(_STARTS_IT, encoding="utf-8")
    command = ["sh", "-c", _FOLLOWED, "sh", str(started), str(settings)]
    command += [sys.executable, "-P", "-c", _PYTEST, *_ARGUMENTS, *(f"./{path}" for path in asked["tests"])]
    with (folder / "said").open("w+b") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        code = process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what the tests left running
        out.seek(0)
        words = out.read().decode("utf-8", "replace").split()
    if code not in _RAN:
        raise Failed(f"pytest ended with {code} before all tests had run: {' '.join(words)[-_SAID:]}")


def _told(folder: Path, settings: Path, files: Mapping[str, str]) -> Iterator[Place]:
    sys.path.insert(0, str(folder / "started"))
    coverage = importlib.import_module("coverage")
    measured = coverage.Coverage(config_file=str(settings))
    try:
        measured.combine(strict=True)
    except coverage.exceptions.CoverageException:
        raise Failed("nothing was measured: the tests' process ended by itself") from None
    for place, path in files.items():
        try:
            _, lines, _, missed, ranges = measured.analysis2(place)
        except coverage.exceptions.CoverageException:
            continue  # it does not parse, which another check says
        if lines:
            yield path, missed[0] if missed else 1, "", f"{len(lines) - len(missed)}/{len(lines)}", _shown(ranges), ""


def _shown(ranges: str) -> str:
    parts = ranges.split(", ")
    return ", ".join([*parts[:_RANGES], *(["..."] if len(parts) > _RANGES else [])])
