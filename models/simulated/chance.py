from __future__ import annotations

import hashlib
import json


def chance(*key: str | int) -> float:
    """A number from 0 up to 1, drawn once and for all for `key`: the same in every process."""
    text = json.dumps(key, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
