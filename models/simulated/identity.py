from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def identity() -> str:
    """A digest of all that decides what the simulated developer says, but for its suites and options: its code."""
    whole = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()
