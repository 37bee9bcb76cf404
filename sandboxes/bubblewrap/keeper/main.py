"""The keeper: it stands, as root, outside of the sandboxes of one framework, starts them and forks their workspaces.

Run as `python3 -I -S -c SOURCE CONTROL`, CONTROL being the descriptor of a socket on which the framework asks (JSON,
with descriptors) and gets one answer each. It is PID 1 of a namespace that holds every sandbox, so that nothing of them
outlives it; it ends with the framework, or when it had no sandbox for a while. Nothing that it reads comes from one.

A sandbox gets a uid of its own; then bubblewrap makes it. Its writable places are mounted here, where a limit can be
put on the number of files, and where something can be mounted over them later that appears inside.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from . import kernel
from .trees import OWNER, Impossible, Room, Store, Workspace, supported

Json = dict[str, Any]

PLACE = "/run/slipway"
REQUEST = 1 << 18
DESCRIPTORS = 8
_NUMBER = re.compile(rb'"child-pid": *([0-9]+)[^0-9]')


class Seat:
    """One sandbox: its writable places and its processes."""

    def __init__(self, request: Json, handed: list[int]) -> None:
        self.number: int = request["seat"]
        self.place = f"{PLACE}/seats/{self.number}"
        self.uid: int = request["uid"]
        self.pid = 0
        self.agent = 0
        self.alive: set[int] = set()
        """Descriptors of the processes that have not ended."""
        self.workspace: Workspace | None = None
        self.errors, self.leash, *self.handed = handed
        """Its stderr; a socket to the framework, which lets it go to end the sandbox; what the command gets, too."""
        self.ear, self.mouth = os.pipe()
        """Where bubblewrap tells the number of its child."""
        self.heard = b""

    def furnish(self, store: Store, request: Json) -> None:
        """Mount its writable places."""
        os.makedirs(self.place, 0o711)
        if request["layered"]:
            owners = kernel.owner_map({0: 0, OWNER: self.uid})
            self.workspace = Workspace(store, self._folder("workspace"), Room(*request["workspace"]), owners)
        for name, (size, files, mode) in request["places"].items():
            folder = self._folder(name)
            kernel.attach(kernel.tmpfs({"size": size, "nr_inodes": files, "mode": mode}), folder)
            os.chown(folder, self.uid, self.uid)  # an option would show it in the sandbox
        options = f"newinstance,ptmxmode=0666,mode=0620,max={request['terminals']}"
        kernel.mount("devpts", self._folder("terminals"), "devpts", kernel.NOSUID | kernel.NOEXEC, options)

    def _folder(self, name: str) -> str:
        os.mkdir(f"{self.place}/{name}")
        return f"{self.place}/{name}"

    def start(self, command: list[str]) -> None:
        """Start `command` with a uid of its own, in a process group of its own."""
        self.pid = os.fork()
        if self.pid == 0:
            requests, replies, seccomp, *entrance = self.handed
            become(self.uid, command, [requests, replies, self.errors, seccomp, self.mouth], entrance)
        with suppress(PermissionError):  # it is under way, so it did that itself
            os.setpgid(self.pid, self.pid)
        self.alive.add(os.pidfd_open(self.pid))
        self._close(*self.handed, self.mouth)
        self.handed, self.mouth = [], -1

    def listen(self) -> bool:
        """Hear what bubblewrap tells, take hold of the agent, hand a hold to the framework; whether that was all."""
        text = os.read(self.ear, 4096)
        self.heard += text
        number = _NUMBER.search(self.heard)
        if number and not self.agent:
            self.agent = int(number[1])
            with suppress(OSError):  # one of them is gone already
                self.alive.add(os.pidfd_open(self.agent))
                self._hand_over(os.pidfd_open(self.agent))
        if not text:
            self._close(self.ear)
            self.ear = -1
        return not text

    def _hand_over(self, hold: int) -> None:
        try:
            with socket.socket(fileno=os.dup(self.leash)) as leash:
                socket.send_fds(leash, [b"agent"], [hold])
        finally:
            os.close(hold)

    def end(self) -> None:
        """Have every process of it end. A child of bubblewrap's that is not past its start is in its group."""
        if self.pid:
            os.killpg(self.pid, signal.SIGKILL)
        for hold in self.alive:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(hold, signal.SIGKILL)

    def collect(self) -> None:
        """Take away what is left when its processes have ended; the framework sees that at the end of its stderr."""
        self.end()
        for pid in filter(None, (self.pid, self.agent)):
            with suppress(ChildProcessError):  # bubblewrap collected its own
                os.waitpid(pid, 0)
        if self.workspace is not None:
            self.workspace.close()
        for name in os.listdir(self.place) if os.path.isdir(self.place) else ():
            with suppress(OSError):  # nothing was mounted there, or nothing is any more
                kernel.unmount(f"{self.place}/{name}", detach=True)
            os.rmdir(f"{self.place}/{name}")
        os.rmdir(self.place)
        self._close(*self.handed, self.mouth, self.ear, self.leash, self.errors)

    def _close(self, *descriptors: int) -> None:
        for descriptor in descriptors:
            if descriptor >= 0:
                os.close(descriptor)


def become(uid: int, command: list[str], descriptors: list[int], entrances: list[int]) -> NoReturn:
    """Enter the control groups, give up root for good, and run `command` with `descriptors` as its first ones."""
    try:
        os.setpgid(0, 0)
        for entrance in entrances:
            os.write(entrance, b"0")
        # a limit of 0 would still start a program that core dumps are piped to, as the machine's root (core(5))
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
        # out of each other's way first
        high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in descriptors]
        for number, descriptor in enumerate(high):
            os.dup2(descriptor, number)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        if os.getresuid() != (uid,) * 3 or os.getresgid() != (uid,) * 3 or os.getgroups() or capabilities():
            os.write(2, b"the sandbox could not give up root")
            os._exit(1)
        os.execve(command[0], command, {})
    except OSError as error:
        os.write(2, f"{command[0]} could not be started ({error.strerror})".encode())
    finally:
        os._exit(1)


def capabilities() -> int:
    """The capabilities that this process could still use, as a bit set."""
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["CapEff"], 16) | int(fields["CapPrm"], 16) | int(fields["CapAmb"], 16)


class Keeper:
    """Serves the framework."""

    def __init__(self, control: socket.socket, linger: float) -> None:
        self.control = control
        self.linger = linger
        self.store = Store(f"{PLACE}/layers")
        self.seats: dict[int, Seat] = {}
        self.poll = select.poll()
        self.ready: dict[int, Callable[[], None]] = {}
        self.watch(control.fileno(), self.answer)

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """Call `act` when `descriptor` is readable or hung up."""
        self.ready[descriptor] = act
        self.poll.register(descriptor, select.POLLIN)

    def forget(self, descriptor: int) -> None:
        """Look at `descriptor` no more; harmless twice."""
        if self.ready.pop(descriptor, None) is not None:
            self.poll.unregister(descriptor)

    def serve(self) -> NoReturn:
        """Until the framework is gone, or for `linger` seconds without a sandbox."""
        while True:
            found = self.poll.poll(None if self.seats else self.linger * 1000)
            if not found and not self.seats:
                os._exit(0)
            for descriptor, _ in found:
                act = self.ready.get(descriptor)
                if act is not None:
                    act()
            self.reap_strays()

    def answer(self) -> None:
        """Do what is asked."""
        text, handed, _, _ = socket.recv_fds(self.control, REQUEST, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
        if not text:
            os._exit(0)
        request = json.loads(text)
        try:
            reply = self.open(request, handed) if request["op"] == "open" else self.fork(request)
        except OSError as error:
            reply = {"error": f"{error.filename or request['op']}: {error.strerror}"}
        self.control.send(json.dumps(reply).encode())

    def open(self, request: Json, handed: list[int]) -> Json:
        """Start a sandbox."""
        seat = Seat(request, handed)
        try:
            seat.furnish(self.store, request)
            seat.start(request["command"])
        except OSError:
            seat.collect()
            raise
        self.seats[seat.number] = seat
        self.watch_processes(seat)
        self.watch(seat.leash, partial(self.let_go, seat))
        self.watch(seat.ear, partial(self.listen, seat))
        return {}

    def fork(self, request: Json) -> Json:
        """Show the files of one sandbox in another one, too."""
        source, target = (self.seats.get(request[side]) for side in ("source", "target"))
        if source is None or source.workspace is None or target is None or target.workspace is None:
            return {"impossible": "it has ended, or began without layers"}
        try:
            source.workspace.fork_to(target.workspace)
        except Impossible as reason:
            return {"impossible": str(reason)}
        return {}

    def listen(self, seat: Seat) -> None:
        """An agent begins, or never will."""
        ear = seat.ear
        if seat.listen():
            self.forget(ear)
        self.watch_processes(seat)

    def watch_processes(self, seat: Seat) -> None:
        """Look for the end of each process that it has."""
        for hold in seat.alive - self.ready.keys():
            self.watch(hold, partial(self.ended, seat, hold))

    def let_go(self, seat: Seat) -> None:
        """The framework wants it no more."""
        self.forget(seat.leash)
        seat.end()

    def ended(self, seat: Seat, hold: int) -> None:
        """A process of it has ended; it is over with the last one."""
        self.forget(hold)
        seat.alive.discard(hold)
        os.close(hold)
        seat.end()
        if seat.alive:
            return
        while seat.ear >= 0:
            self.listen(seat)  # it told while it ended
        if seat.alive:
            seat.end()
            return
        self.forget(seat.leash)
        del self.seats[seat.number]
        seat.collect()

    def reap_strays(self) -> None:
        """Collect what was left to PID 1. What it started itself it collects when it takes it away."""
        own = {number for seat in self.seats.values() for number in (seat.pid, seat.agent)}
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None or found.si_pid in own:
                return
            os.waitpid(found.si_pid, 0)


def main() -> NoReturn:
    """Become the keeper."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    os.umask(0o022)
    kernel.mount(None, "/", None, kernel.REC | kernel.PRIVATE)
    # bubblewrap's own would have covered parts, and the kernel then refuses another one to the sandboxes
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    keeper = Keeper(control, float(sys.argv[2]))
    why_not = supported(keeper.store, f"{PLACE}/probe", kernel.owner_map({0: 0, OWNER: OWNER}))
    os.dup2(os.open("/dev/null", os.O_RDWR), 2)
    control.send(json.dumps({"ready": 1, "no_forks": why_not}).encode())
    keeper.serve()
