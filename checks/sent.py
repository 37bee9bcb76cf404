from __future__ import annotations

from pathlib import Path


def program(beside: str, name: str) -> str:
    """The text of the program `name`, which lies in the folder of the module `beside` and is sent into a sandbox."""
    return Path(beside).with_name(name).read_text(encoding="utf-8")
