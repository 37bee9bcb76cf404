"""The program that is PID 1 of a sandbox: it runs commands and moves files for the host.

Started as `python3 -I -S -c SOURCE SETTINGS`, where SOURCE is all modules of this folder as one text, so it uses the
standard library only and imports little. It ends when its channel does. The code that it runs has the same uid, so it
makes itself undumpable (no ptrace, no `/proc/1/mem`, no `/proc/1/fd`) and keeps its channel off the descriptors that a
command gets. `settings["life"]`, where there is one, is a pipe whose other end a parent holds that cannot signal this
process: its end is the end, too.
"""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from .commands import IGNORED_SIGNALS, Job, not_run, set_size, start
from .copies import Copies, Digests
from .files import Files
from .limits import TICK, Watchdog, limit, proc_text
from .links import Links, listening
from .tree import Tree
from .wire import Channel, Json, Loop, Refusal, Reply, private_channel

PR_SET_DUMPABLE = 4
Operation = Callable[[Json, bytes], "Reply | None"]


class Agent:
    """Answers requests; one command runs at a time."""

    def __init__(self, channel: Channel, loop: Loop, settings: Json) -> None:
        self.channel = channel
        self.loop = loop
        self.limits: Json = settings["limits"]
        self.ignored = frozenset(settings["ignored"])
        self.watchdog = Watchdog(self.limits)
        self.tree = Tree(settings["root"])
        self.files = Files(self.tree)
        self.digests = Digests(self.tree, self.ignored, self.limits["workspace_bytes"])
        self.copies = Copies(self.tree)
        self.links = Links(loop, channel.send)
        self.job: Job | None = None
        self.finish: Callable[[Reply], None] = lambda reply: None
        self.look = 0.0
        self.number = 0
        """Of the stream whose process runs."""
        self.pages: dict[str, Iterator[Any]] = {}
        self.waiting: list[tuple[Json, bytes]] = []
        """Requests that came between `park` and `reopen`."""
        self.operations: dict[str, Operation] = {
            "exec": self.exec,
            "start": self.start,
            "connect": self.connect,
            "listen": self.listen,
            "read": self.read,
            "read_many": self.read_many,
            "write": self.write,
            "remove": self.remove,
            "stat": self.stat,
            "entries": self.entries,
            "snapshot": self.snapshot,
            "pack": self.pack,
            "unpack": self.unpack,
            "park": self.park,
            "reopen": self.reopen,
            "health": self.health,
        }

    def serve(self) -> NoReturn:
        """Answer until the host is gone."""
        self.loop.watch(self.channel.source, select.EPOLLIN, self.answer)
        while True:
            self.loop.turn(self.patience())
            if self.job is not None:
                self.tend(self.job)

    def patience(self) -> float:
        """Seconds until something has to be looked at."""
        if self.job is None:
            return -1
        until = self.look if self.job.deadline is None else min(self.look, self.job.deadline)
        return max(0.0, until - time.monotonic()) + 0.001

    def answer(self) -> None:
        """Take one frame of the host."""
        request, body = self.channel.receive()
        if "id" not in request:
            self.event(request, body)
            return
        if self.tree.root >= 0:
            self.respond(request, body)
        elif request["op"] == "reopen":
            self.respond(request, body)
            waiting, self.waiting = self.waiting, []
            for request, body in waiting:
                self.respond(request, body)
        else:
            self.waiting.append((request, body))

    def respond(self, request: Json, body: bytes) -> None:
        """Do what the host asks."""
        if self.tree.root >= 0:
            os.fchmod(self.tree.root, 0o755)  # a command may have closed it
        try:
            reply = self.operations[request["op"]](request, body)
        except Refusal as refusal:
            reply = {"error": [refusal.code, str(refusal)]}, b""
        except OSError as error:
            reply = {"error": refusal_of(error, request)}, b""
        if reply is not None:
            self.channel.send({"id": request["id"], **reply[0]}, reply[1])

    # commands

    def exec(self, request: Json, body: bytes) -> Reply | None:
        """Run a command; the reply comes when it has ended."""
        answer = request["id"]
        return self._run(request, body, None, lambda reply: self.channel.send({"id": answer, **reply[0]}, reply[1]))

    def start(self, request: Json, body: bytes) -> Reply | None:
        """Start a command, and tell what it says as events of a stream, the last of which is its end."""
        number = request["stream"]

        def tell(event: Json, data: bytes) -> None:
            self.channel.send({"stream": number, **event}, data)

        ended = self._run(request, body, tell, lambda reply: tell({"ended": reply[0]}, reply[1]))
        self.number = number
        self.channel.send({"id": request["id"]})
        if ended is not None:
            tell({"ended": ended[0]}, ended[1])
        return None

    def _run(
        self, request: Json, body: bytes, tell: Callable[[Json, bytes], None] | None, finish: Callable[[Reply], None]
    ) -> Reply | None:
        if self.job is not None:
            raise Refusal("busy", "a command runs in this sandbox already; wait for it, stop it, or fork the sandbox")
        folder = self.tree.folder(request["cwd"])
        self.digests.forget()
        began = time.monotonic()
        try:
            pid, ends = start(request, folder, spoken_to=bool(body) or tell is not None)
        except OSError as error:
            return not_run(request["argv"], error)
        finally:
            os.close(folder)
        kept = min(request.get("output") or self.limits["output_bytes"], self.limits["output_bytes"])
        self.job, self.finish = Job(self.loop, pid, ends, kept, began, request["timeout"], tell), finish
        self.look = time.monotonic() + TICK
        self.job.begin(body, closing=request.get("closing", tell is None) and request.get("terminal") is None)
        return None

    def tend(self, job: Job) -> None:
        """End the command where it exited, is late or breaks a limit."""
        now = time.monotonic()
        if job.exited:
            self.end(job)
        elif job.deadline is not None and now >= job.deadline:
            self.end(job, late=True)
        elif now >= self.look:
            while job.reap(os.WNOHANG):
                pass
            reason = self.watchdog.verdict()
            spent = time.monotonic() - now
            self.look = now + max(TICK, 5 * spent)
            if reason:
                self.end(job, reason=reason)

    def end(self, job: Job, late: bool = False, reason: str = "") -> None:
        """End the command and all that it started, and tell."""
        job.end()
        self.job = None
        self.digests.forget()
        if reason:
            job.kept["stderr"].add(f"\nthe sandbox ended this command: {reason}\n".encode())
        self.finish(job.result(late))

    def event(self, event: Json, body: bytes) -> None:
        """Something about a stream; what is no longer there is not missed."""
        number, op = event["stream"], event["op"]
        if self.job is not None and self.job.tell is not None and number == self.number:
            self.job_event(self.job, event, body)
        elif op == "drop":
            self.links.drop(number)
        elif number in self.links.open:
            link = self.links.open[number]
            if op == "data":
                link.give(body)
            elif op == "end":
                link.end()
            elif op == "credit":
                link.allow(event["bytes"])

    def job_event(self, job: Job, event: Json, body: bytes) -> None:
        """Input, credit, a size or the end for the command that runs."""
        match event["op"]:
            case "data":
                job.give(body)
            case "end":
                job.end_input()
            case "credit":
                job.allow(event["bytes"])
            case "resize" if job.ends.terminal:
                set_size(job.ends.out, event["size"])
            case "drop":
                self.end(job)
            case _:
                pass

    # connections

    def connect(self, request: Json, body: bytes) -> Reply:
        """Connect to a program of the sandbox."""
        self.links.connect(request["stream"], request["port"])
        return {}, b""

    def listen(self, request: Json, body: bytes) -> Reply:
        """Answer on a port."""
        return {"port": self.links.listen(request["stream"], request["port"])}, b""

    # files

    def read(self, request: Json, body: bytes) -> Reply:
        """Read one file."""
        return {}, self.files.read(request["path"], request["limit"])

    def read_many(self, request: Json, body: bytes) -> Reply:
        """Read files."""
        return self.files.read_many(request["paths"], request["limit"], refusal_of)

    def write(self, request: Json, body: bytes) -> Reply:
        """Write files."""
        self.files.write(request["files"], body, request["last"])
        return {}, b""

    def remove(self, request: Json, body: bytes) -> Reply:
        """Remove files."""
        self.files.remove(request["paths"])
        return {}, b""

    def stat(self, request: Json, body: bytes) -> Reply:
        """What is at a path."""
        return self.files.stat(request["path"]), b""

    def entries(self, request: Json, body: bytes) -> Reply:
        """The first or the next page of a listing."""
        path, deep = request["path"], request["deep"]
        ignored = self.ignored if deep else frozenset[str]()
        return self._page("entries", lambda: self.files.entries(path, ignored, deep), request["first"]), b""

    def snapshot(self, request: Json, body: bytes) -> Reply:
        """The first or the next page of a snapshot."""
        if self.job is not None:
            self.digests.forget()
        return self._page("snapshot", self.digests.snapshot, request["first"]), b""

    def pack(self, request: Json, body: bytes) -> Reply:
        """The first or the next frame of a copy of the workspace."""
        return self._page("pack", self.copies.pack, request["first"])

    def unpack(self, request: Json, body: bytes) -> Reply:
        """Take one frame of a copy."""
        self.copies.unpack(request["pieces"], body)
        return {}, b""

    def park(self, request: Json, body: bytes) -> Reply:
        """Let go of the workspace; what is asked now waits for `reopen`."""
        if self.job is not None:
            raise Refusal("busy", "a command runs in this sandbox; wait for it, or stop it")
        self.tree.park()
        return {}, b""

    def reopen(self, request: Json, body: bytes) -> Reply:
        """See what was mounted over the workspace."""
        self.tree.reopen()
        self.digests.forget()
        return {}, b""

    def health(self, request: Json, body: bytes) -> Reply:
        """What is used."""
        room = os.fstatvfs(self.tree.root)
        processes, memory = self.watchdog.use()
        used = (room.f_blocks - room.f_bfree) * room.f_frsize
        use = {"processes": processes, "memory": memory, "bytes": used, "files": room.f_files - room.f_ffree}
        return {**use, "ports": sorted(listening() - self.links.own())[:1000]}, b""

    def _page(self, name: str, begin: Callable[[], Iterator[Any]], first: bool) -> Any:
        if first:
            self.pages[name] = begin()
        return next(self.pages[name])


def refusal_of(error: OSError, request: Json) -> list[str]:
    """The code and message for what the kernel refused."""
    subject = request.get("path", request.get("cwd", request.get("op")))
    codes = {
        errno.ENOENT: "file_not_found",
        errno.EISDIR: "is_directory",
        errno.EACCES: "permission_denied",
        errno.EPERM: "permission_denied",
        errno.ELOOP: "outside_workspace",
        errno.ENOSPC: "no_space",
        errno.EDQUOT: "no_space",
        errno.EFBIG: "too_large",
    }
    return [codes.get(error.errno or 0, "bad_request"), f"{subject!r}: {error.strerror}"]


def undumpable() -> bool:
    """Keep processes of the same uid away from this one's memory and descriptors."""
    try:
        import ctypes  # a stripped Python has none; the host then refuses this sandbox with a reason
    except ImportError:
        return False
    return ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0


def facts() -> Json:
    """How tight this sandbox is, seen from inside. Holes are probed with access(2), never with a write."""
    status = dict(line.split(":", 1) for line in proc_text("/proc/self/status").splitlines())
    holes = ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger")
    return {
        "pid": os.getpid(),
        "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapAmb"], 16),
        "seccomp": int(status["Seccomp"]),
        "proc_writable": any(os.access(hole, os.W_OK) for hole in holes),
        "interfaces": [line.split(":")[0].strip() for line in proc_text("/proc/net/dev").splitlines() if ":" in line],
    }


def main() -> NoReturn:
    """Become the agent of this sandbox."""
    if os.getpid() != 1:
        raise SystemExit("the agent runs as PID 1 of a sandbox only")
    hidden = undumpable()
    settings = json.loads(sys.argv[1])
    channel, loop = private_channel(settings["life"]), Loop()
    if settings["life"] is not None:
        loop.watch(settings["life"], 0, lambda: os._exit(0))
    os.umask(0o022)
    for number in IGNORED_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    limit(settings["limits"])
    agent = Agent(channel, loop, settings)
    channel.send({"id": 0, "hello": 1, "undumpable": hidden, **facts()})
    agent.serve()
