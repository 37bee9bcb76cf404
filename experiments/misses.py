"""What simulated models lacked, as their endpoint logged it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from .base import Counts

_MISSED = "missed"
"""The `event` of a line that tells of a fact that was missing: its `kind`, and the `role` that was asked."""


def misses_in(log: Path) -> Counts:
    """Kind of fact -> role -> how often; none where there is no such log, as other models keep none."""
    if not log.is_file():
        return {}
    found: dict[str, Counter[str]] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if (told := _parsed(line)).get("event") == _MISSED:
            found.setdefault(str(told.get("kind")), Counter())[str(told.get("role") or "")] += 1
    return {kind: dict(roles) for kind, roles in found.items()}


def _parsed(line: str) -> dict[str, Any]:
    try:
        told: object = json.loads(line)
    except ValueError:  # the last line of a process that was killed
        return {}
    return told if isinstance(told, dict) else {}
