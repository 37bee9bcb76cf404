from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress

from .base import SandboxUnavailable


class Handover:
    """The descriptors that `bwrap` gets. Blocks.

    Small texts to read, its filter, a pipe for what it tells, and a pipe from `alive`, which the outermost stage holds
    as long as it lives, to `life`, where the agent sees its end.
    """

    def __init__(self, texts: Mapping[str, bytes], seccomp: bytes | None) -> None:
        self.texts = {path: _filled(text) for path, text in texts.items()}
        self._filter = _filled(seccomp) if seccomp is not None else None
        self._info, self._info_for_child = os.pipe()
        self.life, self.alive = os.pipe()
        os.set_blocking(self._info, False)

    @property
    def passed(self) -> tuple[int, ...]:
        """What the child inherits."""
        seccomp = () if self._filter is None else (self._filter,)
        return (*self.texts.values(), *seccomp, self._info_for_child, self.life, self.alive)

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
        for descriptor in (*self.passed, self._info):
            with suppress(OSError):
                os.close(descriptor)
        self.texts, self._filter = {}, None
        self._info = self._info_for_child = self.life = self.alive = -1


def _filled(data: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading
