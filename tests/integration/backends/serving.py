"""Backends of traces that run on this machine for as long as a test needs them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

_STARTS = 120
_ENDS = 20


@contextmanager
def served(words: Sequence[str | Path], place: Path, alive: str, variables: Mapping[str, str]) -> Iterator[None]:
    """Run the server `words` until the block ends, from when `alive` answers; what it says is in `place`."""
    log = place / "said.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [str(word) for word in words], cwd=place, stdout=said, stderr=said, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": str(place), **variables},
        )  # fmt: skip
        try:
            _await(alive, server, log)
            yield
        finally:
            _end(server)


def _await(alive: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS
    while True:
        assert server.poll() is None and time.monotonic() < until, log.read_text()[-3000:]
        try:
            if httpx.get(alive, timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server and what it started, which is in a process group of its own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, sign)
            server.wait(timeout=_ENDS)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            break
    server.wait(timeout=_ENDS)
