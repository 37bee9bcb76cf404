from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")


def readable(data: bytes, size: int) -> str:
    """`data` as text that is safe to show to a person or a model.

    UTF-8 with replacement; no control characters (so no terminal escapes), no bidirectional or other invisible
    format characters. Where `size` says that more was written than was kept, the last line tells how much.
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    shown = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return shown if size <= len(data) else f"{shown}\n[{size - len(data)} bytes in the middle were dropped]"
