"""What simulated models lacked, as their endpoint logged it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, cast

from .base import Counts


def misses_in(log: Path) -> Counts:
    """Kind of fact -> role that was asked -> how often; none where there is no log, as other models keep none."""
    if not log.is_file():
        return {}
    found: dict[str, Counter[str]] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        told = _parsed(line)
        notes: dict[str, Any] = told.get("notes") or {}
        role = str(told.get("role") or notes.get("part") or "")
        for miss in notes.get("misses") or ():
            kind = miss if isinstance(miss, str) else str(miss[0])  # behind it: what it is about
            found.setdefault(kind, Counter())[role] += 1
    return {kind: dict(roles) for kind, roles in found.items()}


def _parsed(line: str) -> dict[str, Any]:
    try:
        told: object = json.loads(line)
    except ValueError:  # the last line of a process that was killed
        return {}
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}
