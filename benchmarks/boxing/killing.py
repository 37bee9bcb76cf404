"""Kills a framework whose sandboxes work, and looks at what is left of them on the machine."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import census

ENOUGH = 2.0
"""Seconds after which nothing may be left, unless told otherwise."""
_PATIENCE = 20.0
"""Seconds that we go on looking after that, to tell what is slow from what stays."""
_FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class Kill:
    """One of them."""

    backend: str
    opened: int
    """Sandboxes that were open when it was killed."""
    delay: float
    """Seconds after that."""
    seconds: float
    """Until nothing was left; infinite where something stays."""
    left: dict[str, list[str]]
    """What there was after `enough` seconds, by kind."""
    processes: int
    """That there were when it was killed."""
    created: int
    """Containers that were made and never started: there is nothing of them but an entry; `slipway gc` removes it."""

    @property
    def good(self) -> bool:
        """Nothing was left."""
        return not self.left


def kills(
    name: str, place: census.Place, repeats: int, sandboxes: int, seed: int, enough: float = ENOUGH
) -> Iterator[Kill]:
    """Every other one while sandboxes are still being opened, the others while all of them work."""
    chance = random.Random(seed)
    for number in range(repeats):
        opened = chance.randrange(sandboxes) if number % 2 else sandboxes
        delay = chance.uniform(0, 0.2) if number % 2 else chance.uniform(0, 1.5)
        yield _kill(name, place, sandboxes, opened, delay, enough)


def _kill(name: str, place: census.Place, sandboxes: int, opened: int, delay: float, enough: float) -> Kill:
    with tempfile.TemporaryDirectory(prefix="slipway-killed-") as folder:
        before = place.things()
        own = {**os.environ, "PYTHONPATH": str(_FOLDER), "TMPDIR": folder}
        command = [sys.executable, "-m", "boxing.victim", name, place.host or "", str(sandboxes)]
        victim = subprocess.Popen(command, stdout=subprocess.PIPE, env=own, text=True)
        census.started.add(victim.pid)
        assert victim.stdout is not None
        with victim.stdout as lines:
            for _ in range(1 + opened):
                if not lines.readline():
                    raise AssertionError(f"it ended by itself ({victim.wait()})")
            time.sleep(delay)
            there = len(place.things().beyond(before).get("processes", ()))
            victim.kill()
            killed = time.monotonic()
        victim.wait()
        census.started.discard(victim.pid)
        left, seconds, created = _watch(place, before, killed, Path(folder), enough)
    _remove_created(place, created)
    return Kill(name, opened, round(delay, 3), seconds, left, there, len(created))


def _watch(
    place: census.Place, before: census.Things, killed: float, folder: Path, enough: float
) -> tuple[dict[str, list[str]], float, list[str]]:
    """What is left after `enough` seconds; how long until there was nothing; the containers that never ran."""
    left: dict[str, list[str]] | None = None
    while True:
        began = time.monotonic()
        looked = began - killed
        new = place.things().beyond(before)
        created = new.pop("created", [])
        if files := [str(path) for path in folder.iterdir()]:
            new["files"] = files
        if looked >= enough and left is None:
            left = new
        if not new:
            return left or {}, looked, created
        if looked > enough + _PATIENCE:
            return left or {}, float("inf"), created
        time.sleep(max(0.02, 3 * (time.monotonic() - began)))  # to look takes away from those that clear up


def _remove_created(place: census.Place, created: list[str]) -> None:
    if created:
        place.remove(created)
