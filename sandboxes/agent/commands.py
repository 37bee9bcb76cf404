"""One command at a time: its streams, its end, and the end of everything that it started."""

from __future__ import annotations

import errno
import os
import select
import signal
import time
from collections.abc import Callable

from .wire import OVERHEAD, WINDOW, Json, Loop, Reply

IGNORED_SIGNALS = tuple(
    number
    for number in signal.valid_signals()
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE)
)
Tell = Callable[[Json, bytes], None]
"""Sends an event of a stream."""


class Kept:
    """The head and the tail of a stream, and its true size."""

    def __init__(self, limit: int) -> None:
        self.head_limit = limit - limit // 2
        self.tail_limit = limit // 2
        self.head = bytearray()
        self.tail = bytearray()
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self.size += len(data)
        room = self.head_limit - len(self.head)
        self.head += data[:room]
        self.tail += data[room:]
        if len(self.tail) > 2 * self.tail_limit + 65536:
            self._trim()

    def bytes(self) -> bytes:
        """What was kept."""
        self._trim()
        return bytes(self.head + self.tail)

    def _trim(self) -> None:
        del self.tail[: max(0, len(self.tail) - self.tail_limit)]


class Ends:
    """Our ends of a command's pipes, or of its terminal, and the other ends for it."""

    def __init__(self, terminal: list[int] | None, spoken_to: bool) -> None:
        self.terminal = terminal is not None
        if terminal is None:
            (self.out, out_w), (self.err, err_w) = os.pipe(), os.pipe()
            self.theirs = [out_w, err_w]
            in_r, self.stdin = 0, -1  # our own stdin is /dev/null
            if spoken_to:
                in_r, self.stdin = os.pipe()
                self.theirs.append(in_r)
            self.moves = [(os.POSIX_SPAWN_DUP2, pipe, target) for target, pipe in enumerate((in_r, out_w, err_w))]
            return
        self.out, slave = os.openpty()
        self.stdin, self.err = os.dup(self.out), -1
        self.theirs = [slave]
        set_size(self.out, terminal)
        # Opened by the leader of a new session, it becomes that session's terminal.
        self.moves = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0)]
        self.moves += [(os.POSIX_SPAWN_DUP2, 0, target) for target in (1, 2)]

    def close(self) -> None:
        """Close our ends."""
        for end in (self.stdin, self.out, self.err):
            if end >= 0:
                os.close(end)

    def close_theirs(self) -> None:
        """Close the command's ends, which it has by now."""
        for end in self.theirs:
            os.close(end)


class Job:
    """A command that runs. `tell` gets its output as far as there is credit; without it, output is kept only."""

    def __init__(
        self, loop: Loop, pid: int, ends: Ends, limit: int, began: float, timeout: float | None, tell: Tell | None
    ) -> None:
        self.loop = loop
        self.pid = pid
        self.ends = ends
        self.tell = tell
        self.began = began
        self.deadline = None if timeout is None else self.began + timeout
        self.kept = {"stdout": Kept(limit), "stderr": Kept(limit)}
        self.open = {"stdout": ends.out, "stderr": ends.err}
        self.credit = WINDOW
        self.pending = bytearray()
        self.given = 0
        self.free = 0
        """Bytes for its stdin that cost the host no credit: what it began with, a Ctrl-D."""
        self.closing = False
        self.exit: int | None = None
        self.exited = False
        self.pidfd = os.pidfd_open(pid)
        for end in (ends.stdin, ends.out, ends.err):
            if end >= 0:
                os.set_blocking(end, False)

    def begin(self, stdin: bytes, closing: bool) -> None:
        """Serve its streams; `closing`: `stdin` is all it gets."""
        self.loop.watch(self.pidfd, select.EPOLLIN, self._exits)
        for name, pipe in self.open.items():
            if pipe >= 0:
                self._listen(name)
        if stdin:
            self.free += len(stdin)
            self.give(stdin)
        if closing:
            self.end_input()

    def give(self, data: bytes) -> None:
        """Send to its stdin."""
        if not self.pending and self.ends.stdin >= 0:
            self.loop.watch(self.ends.stdin, select.EPOLLOUT, self._feed)
        self.pending += data

    def end_input(self) -> None:
        """Close its stdin once it has what was sent; on a terminal, type Ctrl-D."""
        if self.ends.terminal:
            self.free += 1
            self.give(b"\x04")
            return
        self.closing = True
        if not self.pending:
            self._close_stdin()

    def allow(self, count: int) -> None:
        """Credit for more output."""
        dry = self.credit <= 0
        self.credit += count
        if dry and self.credit > 0 and not self.exited:
            for name, pipe in self.open.items():
                if pipe >= 0:
                    self._listen(name)

    def end(self) -> None:
        """Kill every process of the sandbox but this one, wait until none is left, and read what they had written."""
        while self.reap(os.WNOHANG):
            pass
        while kill_others():
            self.reap(0)
        self.exited = True
        self.loop.forget(self.pidfd)
        os.close(self.pidfd)
        for name in self.open:
            self._drain(name)
        self._close_stdin()
        self.ends.close()

    def reap(self, flags: int) -> bool:
        """Collect one dead process; False where there is none (or, waiting, none left at all)."""
        try:
            pid, status = os.waitpid(-1, flags)
        except ChildProcessError:
            return False
        if pid == self.pid:
            self.exit = os.waitstatus_to_exitcode(status)
        return pid != 0

    def result(self, late: bool) -> Reply:
        """How it ended."""
        out, err = self.kept["stdout"], self.kept["stderr"]
        status = 124 if late else exit_status(self.exit)
        return result(status, late, out.bytes(), out.size, err.bytes(), err.size, time.monotonic() - self.began)

    def _exits(self) -> None:
        self.exited = True

    def _listen(self, name: str) -> None:
        self.loop.watch(self.open[name], select.EPOLLIN, lambda: self._ready(name))

    def _ready(self, name: str) -> None:
        self._take(name)

    def _take(self, name: str) -> bool:
        """Read from a stream once; False at its end, or when it has nothing."""
        pipe = self.open[name]
        try:
            data = os.read(pipe, 65536)
        except BlockingIOError:
            return False
        except OSError:  # a terminal that nobody has open any more
            data = b""
        if not data:
            self.loop.forget(pipe)
            self.open[name] = -1
            return False
        self.kept[name].add(data)
        if self.tell is not None:
            self.tell({"piece": name}, data)
            self.credit -= len(data) + OVERHEAD
            if self.credit <= 0:
                for other in self.open.values():
                    self.loop.forget(other)
        return True

    def _drain(self, name: str) -> None:
        """What is still in the pipe, whatever the credit: all that could write more is dead."""
        while self.open[name] >= 0 and self._take(name):
            pass
        self.loop.forget(self.open[name])

    def _feed(self) -> None:
        try:
            count = os.write(self.ends.stdin, memoryview(self.pending)[:65536])
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self.closing, count = True, len(self.pending)
        del self.pending[:count]
        self._acknowledge(count)
        if not self.pending:
            self.loop.forget(self.ends.stdin)
            if self.closing:
                self._close_stdin()

    def _acknowledge(self, count: int) -> None:
        paid = max(0, count - self.free)
        self.free -= count - paid
        self.given += paid
        if self.tell is not None and self.given and (self.given >= WINDOW // 4 or not self.pending):
            self.tell({"credit": self.given}, b"")
            self.given = 0

    def _close_stdin(self) -> None:
        if self.ends.stdin >= 0:
            self.loop.forget(self.ends.stdin)
            os.close(self.ends.stdin)
            self.ends.stdin = -1


def start(request: Json, folder: int, spoken_to: bool) -> tuple[int, Ends]:
    """Start the command; `spoken_to`: it gets a stdin. OSError says why it cannot be run."""
    ends = Ends(request.get("terminal"), spoken_to)
    try:
        os.fchdir(folder)
        return spawn(request["argv"], request["env"], ends), ends
    except OSError:
        ends.close()
        raise
    finally:
        ends.close_theirs()


def spawn(argv: list[str], env: dict[str, str], ends: Ends) -> int:
    """Start a program, found as execvp(3) finds it, in a session of its own; half the time that a fork takes."""
    places = [""] if "/" in argv[0] else os.get_exec_path(env)
    failure = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    for place in places:
        program = os.path.join(place, argv[0])
        try:
            return os.posix_spawn(program, argv, env, file_actions=ends.moves, setsid=True, setsigdef=IGNORED_SIGNALS)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):
                raise
            failure = error if isinstance(error, PermissionError) else failure
    raise failure


def kill_others() -> bool:
    """SIGKILL to every process that this one may see, dead ones that nobody collected included; False: there is none.

    Only PID 1 of a namespace of its own may do that.
    """
    if os.getpid() != 1:
        raise SystemExit("the agent runs as PID 1 of a sandbox only")
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def set_size(terminal: int, size: list[int]) -> None:
    """Tell a terminal its rows and columns."""
    import fcntl  # what few commands need
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[0], size[1], 0, 0))


def not_run(argv: list[str], error: OSError) -> Reply:
    """The result of a command that cannot be run, as a shell would give it."""
    text = f"cannot run {argv[0]!r}: {error.strerror}\n".encode()
    status = 127 if error.errno in (errno.ENOENT, errno.ENOTDIR) else 126
    return result(status, False, b"", 0, text, len(text), 0.0)


def result(status: int, late: bool, out: bytes, out_size: int, err: bytes, err_size: int, seconds: float) -> Reply:
    """The reply to a command."""
    sizes = {"out": [len(out), out_size], "err": [len(err), err_size]}
    return {"exit": status, "timed_out": late, "seconds": seconds, **sizes}, out + err


def exit_status(code: int | None) -> int:
    """The status as a shell gives it: 128 + n for signal n."""
    if code is None:
        return 128 + signal.SIGKILL
    return code if code >= 0 else 128 - code
