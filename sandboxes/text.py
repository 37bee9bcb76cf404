from __future__ import annotations

from ..state.text import visible


def readable(data: bytes, size: int) -> str:
    """`data` as text that is safe to show to a person or a model: UTF-8 with replacement, `visible` characters only.

    Where `size` says that more was written than was kept, the last line tells how much.
    """
    shown = visible(data.decode("utf-8", "replace"))
    return shown if size <= len(data) else f"{shown}\n[{size - len(data)} bytes in the middle were dropped]"
