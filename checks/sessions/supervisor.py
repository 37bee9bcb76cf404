"""Runs pytest in the sandbox, each time in a process that is forked from this one, and keeps what it reports.

It is sent as text, so it may import nothing of ours. No code of the project runs in this process, and those that it
forks can neither read its memory nor reach its descriptors. The report is written once all of them have ended.
"""

from __future__ import annotations

import ast
import ctypes
import gc
import hashlib
import importlib
import json
import os
import secrets
import select
import shutil
import signal
import stat
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_DUMPABLE, _CHILD_SUBREAPER = 4, 36  # linux/prctl.h
_NO_PYTEST = 69  # sysexits.h
_REPORT, _OUTPUT = 64 << 20, 16 << 10  # bytes that are kept of what one session tells and prints
_KEPT = 64 << 20  # bytes of the workspace that are held, to be put back
_APART = frozenset({".git", ".venv", "venv", "node_modules"})
_OPTIONS = (
    "-q", "--tb=short", "--color=no", "-p", "no:cacheprovider", "--rootdir=.", "--continue-on-collection-errors",
)  # fmt: skip


def main() -> None:
    """Run the sessions that stdin asks for, and write what became of each to the file that it names."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    request = json.load(sys.stdin)
    _load_pytest()
    plugins = [_module(name, text) for name, text in request["plugins"].items()]
    room = Room() if len(request["sessions"]) > 1 else None
    until = time.monotonic() + request["seconds"]
    done: list[dict[str, Any]] = []
    for session in request["sessions"]:
        left = until - time.monotonic()
        if left <= 0:
            break
        done.append(run(session, plugins, min(left, session["seconds"]), libc))
        if room:
            room.restore()
    _write(request["report"], json.dumps(done).encode("ascii"))


def _module(name: str, text: str) -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    return module


def _load_pytest() -> None:
    # Once, for all sessions; and before any file of the project could be taken for a module of the same name.
    try:
        config = importlib.import_module("_pytest.config")
    except ModuleNotFoundError:
        sys.exit(_NO_PYTEST)
    for name in config.default_plugins:
        importlib.import_module(f"_pytest.{name}")
    gc.collect()
    gc.freeze()  # what is here is here in each session, and needs not be looked at again


def _write(path: str, data: bytes) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


# --- one session -----------------------------------------------------------------------------------------------------


def run(session: dict[str, Any], plugins: list[types.ModuleType], seconds: float, libc: ctypes.CDLL) -> dict[str, Any]:
    """Run one session, end whatever it started, and return what became of it."""
    started = time.monotonic()
    for path, text in session["edits"].items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8", "surrogateescape"))
    failing = [name for path, names in _by_file(session["failing"]).items() for name in make_fail(path, names)]
    seal = sealer()
    told, printed = os.pipe(), os.pipe()
    process = os.fork()
    if not process:
        try:
            _work(session, plugins, told[1], printed[1], seal, libc)
        finally:
            os._exit(70)
    os.close(told[1])
    os.close(printed[1])
    ears = Ears(told[0], printed[0])
    exit_code = ears.listen(process, started + seconds)
    lines, forged = _unsealed(bytes(ears.told), seal)
    return {
        "exit_code": 124 if exit_code is None else exit_code,
        "timed_out": exit_code is None,
        "seconds": time.monotonic() - started,
        "output": ears.printed.decode("utf-8", "replace"),
        "forged": forged,
        "failing": failing,
        "lines": lines,
    }


def sealer() -> Callable[[bytes], bytes]:
    """A function that puts before each line a digest of it and of all lines before, by a key that is kept nowhere else.

    The process that is forked after this was made gives the same digests as the one that it was forked from.
    """
    digest = hashlib.blake2b(key=secrets.token_bytes(32), digest_size=16)

    def seal(line: bytes) -> bytes:
        digest.update(line)
        return digest.hexdigest().encode() + b" " + line + b"\n"

    return seal


def _unsealed(told: bytes, seal: Callable[[bytes], bytes]) -> tuple[list[str], bool]:
    lines: list[str] = []
    *whole, cut = told.split(b"\n")
    for sealed in whole:
        line = sealed.partition(b" ")[2]
        if seal(line) != sealed + b"\n":
            return lines, True
        lines.append(line.decode("utf-8", "replace"))
    return lines, bool(cut) and len(told) >= _REPORT


def _work(
    session: dict[str, Any], plugins: list[types.ModuleType], told: int, printed: int, seal: Callable[[bytes], bytes],
    libc: ctypes.CDLL,
) -> None:  # fmt: skip
    # In the new process: the only one in which code of the project runs.
    libc.prctl(_DUMPABLE, 1, 0, 0, 0)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    write, ask, process = os.write, os.getpid, os.getpid()

    def tell(line: bytes) -> None:
        if ask() != process:
            return  # a process that a test forked, and that went on with pytest
        data = memoryview(seal(line))
        while data:
            data = data[write(told, data) :]

    reporter, tracing = plugins
    canaries = frozenset(str(Path.cwd() / path) for path in session["canaries"])
    using: list[Any] = [reporter.Reporter(tell, canaries)]
    sys.path.insert(0, "")
    sys.modules["__main__"] = types.ModuleType("__main__")
    arguments = [*_OPTIONS, f"--maxfail={int(session['until_first_failure'])}"]
    arguments += [f"./{test}" for test in session["tests"]]
    sys.argv = ["pytest", *arguments]
    if session["traced"]:
        using.append(tracing.Tracing(tell, str(Path.cwd()), session["traced"]))
        using[-1].start()
    main: Callable[..., int] = sys.modules["pytest"].main
    status = int(main(arguments, plugins=using))
    sys.settrace(None)
    tell(b'{"kind": "ended"}')
    os._exit(status)


class Ears:
    """Takes in what a session tells and prints, until it ends."""

    def __init__(self, told: int, printed: int) -> None:
        self.told, self.printed = bytearray(), bytearray()
        self._ends = {told: self.told, printed: self.printed}

    def listen(self, process: int, until: float) -> int | None:
        """The exit code of `process`, which is gone then, with all that it started; None where time ran out."""
        handle = os.pidfd_open(process)
        timed_out = not self._until_it_ends(handle, until)
        os.close(handle)
        if timed_out:
            os.kill(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
        end_others()
        for end in list(self._ends):
            while self._take(end):
                pass
            os.close(end)
        code = os.waitstatus_to_exitcode(status)
        return None if timed_out else code if code >= 0 else 128 - code

    def _until_it_ends(self, handle: int, until: float) -> bool:
        open_ends = set(self._ends)
        while (left := until - time.monotonic()) > 0:
            ready = select.select([handle, *open_ends], [], [], left)[0]
            if handle in ready:
                return True
            open_ends -= {end for end in ready if not self._take(end)}
        return False

    def _take(self, end: int) -> bool:
        data, kept = os.read(end, 1 << 16), self._ends[end]
        if kept is self.printed:
            kept += data
            del kept[:-_OUTPUT]
        elif len(kept) < _REPORT:
            kept += data
        return bool(data)


def end_others() -> None:
    """SIGKILL to every other process of the sandbox but its agent, until there is none."""
    if os.getppid() != 1:
        raise SystemExit("sessions run in a sandbox only, started by its agent")
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            time.sleep(0.001)


# --- tests that are made to fail --------------------------------------------------------------------------------------


def _by_file(tests: list[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for test in tests:
        files.setdefault(test.partition("::")[0], []).append(test)
    return files


def make_fail(path: str, tests: list[str]) -> list[str]:
    """Let each of `tests` end in a failed assertion, in the file `path`, and return those that do.

    A test that can end before its last line is left as it is.
    """
    data = Path(path).read_bytes()
    try:
        tree = ast.parse(data.decode("utf-8"))
    except (SyntaxError, ValueError):
        return []
    wanted, done = set(tests), []
    lines = data.splitlines(keepends=True)
    for name, function in sorted(functions(tree.body, path), key=lambda pair: -(pair[1].end_lineno or 0)):
        if name in wanted and runs_to_its_end(function):
            _append(lines, function, f"assert not {secrets.token_hex(8)!r}".encode())
            done.append(name)
    Path(path).write_bytes(b"".join(lines))
    return done


def functions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The functions of a module and of its classes, each with its id."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}::{statement.name}", statement
        elif isinstance(statement, ast.ClassDef):
            yield from functions(statement.body, f"{prefix}::{statement.name}")


def runs_to_its_end(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """No return and no yield: what stands behind its last line is reached, or an error was raised."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom):
            return False
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            left += ast.iter_child_nodes(node)
    return True


def _append(lines: list[bytes], function: ast.FunctionDef | ast.AsyncFunctionDef, statement: bytes) -> None:
    first, last = function.body[0], function.body[-1]
    indent = lines[first.lineno - 1][: first.col_offset]
    end = (last.end_lineno or last.lineno) - 1
    if indent.strip():  # `def test(): ...` on one line
        at = last.end_col_offset or 0
        lines[end] = lines[end][:at] + b"; " + statement + lines[end][at:]
    else:
        lines[end] = lines[end].rstrip(b"\r\n") + b"\n" + indent + statement + b"\n"


# --- the files between two sessions -----------------------------------------------------------------------------------

Mark = tuple[int, int, int, int]


class Room:
    """What the workspace and the places for temporary files hold, to be put back after each session."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Mark, bytes]] = {}
        self._others: set[str] = set()
        held = 0
        for path, status in _walk("."):
            if stat.S_ISREG(status.st_mode) and held < _KEPT and os.access(path, os.R_OK):
                held += status.st_size
                self._files[path] = (_mark(status), Path(path).read_bytes())
            else:
                self._others.add(path)
        self._temporary = {place: set(_listed(place)) for place in ("/tmp", "/dev/shm", os.path.expanduser("~"))}  # noqa: PTH111

    def restore(self) -> None:
        """Put back what changed or is missing, and remove what is new."""
        seen = dict(_walk("."))
        for path in sorted(seen.keys() - self._files.keys() - self._others, reverse=True):
            _remove(path)
        for path, (mark, data) in self._files.items():
            if path not in seen or _mark(seen[path]) != mark:
                self._files[path] = (_put(path, data, mark), data)
        for place, names in self._temporary.items():
            for name in set(_listed(place)) - names:
                _remove(f"{place}/{name}")


def _walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    for name in _listed(folder):
        path = f"{folder}/{name}"
        status = os.lstat(path)
        if stat.S_ISDIR(status.st_mode) and name not in _APART:
            yield from _walk(path)
        yield path, status


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def _mark(status: os.stat_result) -> Mark:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode


def _put(path: str, data: bytes, mark: Mark) -> Mark:
    _remove(path)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(data)
    os.chmod(path, stat.S_IMODE(mark[3]))  # noqa: PTH101
    return _mark(os.lstat(path))


def _remove(path: str) -> None:
    try:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)  # noqa: PTH108
    except OSError:
        return


if __name__ == "__main__":
    main()
