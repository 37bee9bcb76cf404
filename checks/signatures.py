from __future__ import annotations

import hashlib
import re

_CHANGING = (
    (re.compile(r"0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"/tmp/[^\s'\":]+"), "/tmp/_"),
    (re.compile(r"\b\d+(\.\d+)?\s?(ms|s|seconds)\b"), "_s"),
    (re.compile(r"\bline \d+\b"), "line _"),
    (re.compile(r":\d+(:\d+)?\b"), ":_"),
    (re.compile(r"\s+"), " "),
)


def signature(check: str, rule: str | None, file: str | None, message: str) -> str:
    """A name for a fault that is equal on the next run: line numbers, times, addresses and temporary paths left out."""
    for pattern, stand_in in _CHANGING:
        message = pattern.sub(stand_in, message)
    text = "\0".join((check, rule or "", file or "", message.strip()))
    return f"{check}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
