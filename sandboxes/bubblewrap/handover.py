from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress

from ..base import SandboxUnavailable


class Handover:
    """The descriptors that the stages of a sandbox get. Blocks.

    Small texts for `bwrap` to read, its filter, a pipe for what it tells, and a pipe from `alive`, which the outermost
    `bwrap` holds as long as it lives, to `life`, where the agent sees its end. For the guard: this process, and a pipe
    whose other end, the leash, is let go to have the sandbox ended.
    """

    def __init__(self, texts: Mapping[str, bytes], seccomp: bytes | None) -> None:
        self.texts = {path: filled(text) for path, text in texts.items()}
        self._filter = filled(seccomp) if seccomp is not None else None
        self._info, self._info_for_child = os.pipe()
        self.life, self.alive = os.pipe()
        self._leashed, self._leash = os.pipe()
        # A process that was forked from this one may hold a copy of the leash; this tells the end of this one alone.
        self._framework = os.pidfd_open(os.getpid())
        os.set_blocking(self._info, False)

    @property
    def passed(self) -> tuple[int, ...]:
        """What the child inherits."""
        seccomp = () if self._filter is None else (self._filter,)
        return (*self.texts.values(), *seccomp, self._info_for_child, self.life, self.alive, *self.watched)

    @property
    def watched(self) -> tuple[int, int]:
        """What the guard watches."""
        return self._leashed, self._framework

    def take_leash(self) -> int:
        """The leash, from now on the caller's to close."""
        leash, self._leash = self._leash, -1
        return leash

    def options(self) -> list[str]:
        """The arguments for the filter and the pipe."""
        seccomp = [] if self._filter is None else ["--seccomp", str(self._filter)]
        return [*seccomp, "--info-fd", str(self._info_for_child)]

    def agent_pid(self) -> int:
        """The host's number for PID 1 of the sandbox, once it runs; SandboxUnavailable where none was told."""
        try:
            return int(json.loads(os.read(self._info, 4096))["child-pid"])
        except (OSError, ValueError, KeyError):
            raise SandboxUnavailable("bubblewrap did not tell the number of the process that it made") from None

    def close(self) -> None:
        """Close both ends of everything; harmless twice."""
        for descriptor in (*self.passed, self._info, self._leash):
            with suppress(OSError):
                os.close(descriptor)
        self.texts, self._filter = {}, None
        self._info = self._info_for_child = self.life = self.alive = -1
        self._leashed = self._leash = self._framework = -1


def filled(data: bytes) -> int:
    """The reading end of a pipe that holds `data`, a few kilobytes."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading
