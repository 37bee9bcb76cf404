from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from .base import SandboxUnavailable


def pip_command() -> list[str]:
    """What runs the pip that belongs to this Python. SandboxUnavailable where it has none."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-I", "-m", "pip"]
    wheel = bundled_pip()
    if wheel is not None:
        return [sys.executable, "-I", str(wheel / "pip")]
    raise SandboxUnavailable(f"{sys.executable} has no pip to ask or to install with; `python -m ensurepip` adds it")


def bundled_pip() -> Path | None:
    """The wheel of pip that Python's `ensurepip` carries; a distribution may have taken it out."""
    spec = importlib.util.find_spec("ensurepip")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for wheel in Path(place, "_bundled").glob("pip-*.whl"):
            return wheel
    return None
