"""The framework's end of the keeper (see `keeper/main.py`): one for all sandboxes that see the same read-only parts."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base import SandboxUnavailable
from .cgroups import make_groups
from .handover import filled
from .layout import Layout
from .mounts import base_texts, keeper_arguments
from .programs import Program
from .stages import guard, keeper, python

Json = dict[str, Any]

LINGER = 5.0
"""Seconds that a keeper without a sandbox waits for the next one."""
_ANSWER = 20.0
"""Seconds that it may take to start, or to answer."""


@dataclass(frozen=True)
class Kind:
    """What the sandboxes of one keeper have in common."""

    program: Program
    layout: Layout
    layers: tuple[tuple[Path, str], ...]


class KeeperGone(Exception):
    """It ended before it answered."""


class Keeper:
    """Asks one keeper. Every method blocks, and may be called from any thread."""

    def __init__(self, kind: Kind) -> None:
        """Start it. SandboxUnavailable tells why it cannot be."""
        self._lock = threading.Lock()
        self._seats = 0
        self.groups = make_groups()
        group = str(self.groups.folder) if self.groups else ""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_ANSWER)
        leashed, self._leash = os.pipe()
        framework = os.pidfd_open(os.getpid())
        texts = {path: filled(text) for path, text in base_texts().items()}
        inherited = [theirs.fileno(), leashed, framework, *texts.values()]
        try:
            arguments = keeper_arguments(kind.layout, kind.layers, kind.program, texts)
            started = [*python(), keeper(), str(theirs.fileno()), str(LINGER)]
            guarded = [*python(), guard(), f"{leashed},{framework}", group, str(kind.program.path), *arguments, "--"]
            self._process = _start([*guarded, *started], inherited)
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()
            for descriptor in inherited[1:]:
                os.close(descriptor)
        # Collects it, whenever it ends; waits for nothing else.
        threading.Thread(target=self._process.wait, name="slipway-keeper", daemon=True).start()
        self.no_forks = self._greeting(kind)

    def _greeting(self, kind: Kind) -> str:
        """Why it cannot fork without copying; empty where it can."""
        try:
            greeting = self._receive()
        except KeeperGone:
            self.close()
            said = self._said() or "the sandbox ended"
            raise SandboxUnavailable(f"{kind.program.path} made no sandbox: {said}") from None
        assert self._process.stderr is not None
        self._process.stderr.close()
        return str(greeting["no_forks"])

    def _said(self) -> str:
        assert self._process.stderr is not None
        with self._process.stderr as errors:
            return errors.read()[-4000:].decode(errors="replace").strip()

    def seat(self) -> int:
        """A number for one more sandbox."""
        with self._lock:
            self._seats += 1
            return self._seats

    def ask(self, request: Json, descriptors: Sequence[int] = ()) -> Json:
        """Its answer. KeeperGone: there is none; SandboxUnavailable: it tells what it could not do."""
        with self._lock:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
                answer = self._receive()
            except (OSError, KeeperGone) as error:
                self.close()  # an answer that is late would be taken for that to the next request
                raise KeeperGone from error
        if "error" in answer:
            raise SandboxUnavailable(f"the keeper of the sandboxes could not do it: {answer['error']}")
        return answer

    def _receive(self) -> Json:
        try:
            text = self._control.recv(1 << 16)
        except OSError as error:
            raise KeeperGone from error
        if not text:
            raise KeeperGone
        return json.loads(text)

    def close(self) -> None:
        """End it, and every sandbox that it has. Harmless twice."""
        self._control.close()
        if self._leash >= 0:
            os.close(self._leash)
            self._leash = -1
        if self.groups is not None:
            self.groups.close()


def _start(command: list[str], inherited: Sequence[int]) -> subprocess.Popen[bytes]:
    nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        return subprocess.Popen(
            command,
            stdin=nothing,
            stdout=nothing,
            stderr=pipe,
            pass_fds=inherited,
            cwd="/",
            env={},
            start_new_session=True,  # a Ctrl-C is the framework's to handle
        )
    except OSError as error:
        raise SandboxUnavailable(f"{command[0]} could not be started ({error.strerror})") from None


_lock = threading.Lock()
_running: dict[tuple[int, Kind], Keeper] = {}
"""For this process (not for one that was forked from it) the keeper of each kind."""


def keeper_of(kind: Kind) -> Keeper:
    """The keeper of such sandboxes, started where there is none. Blocks. SandboxUnavailable as for `Keeper`."""
    with _lock:
        found = _running.get((os.getpid(), kind))
        if found is None:
            found = _running[os.getpid(), kind] = Keeper(kind)
        return found


def forget(gone: Keeper) -> None:
    """Use that one no more: it ended."""
    with _lock:
        for key in [key for key, known in _running.items() if known is gone]:
            del _running[key]
    gone.close()


def close_keepers() -> None:
    """End every keeper of this process, and with it all sandboxes that it has. Blocks; harmless twice."""
    with _lock:
        known = [_running.pop(key) for key in list(_running) if key[0] == os.getpid()]
    for one in known:
        with suppress(OSError):
            one.close()


atexit.register(close_keepers)
