from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docker.errors import NotFound

from ..base import SandboxUnavailable
from .engines import Engine

IMAGE = "slipway-sandbox:bookworm"
"""The name under which `python -m slipway.sandboxes.images` makes it."""
PYTHON_LABEL = "slipway.python"
"""On an image: the tag of its interpreter's compiled code, such as `cpython-311`."""


@dataclass(frozen=True)
class Image:
    """An image by its digest: what a name means may change under a run, this does not."""

    id: str
    name: str
    python: str | None
    """Tag of its interpreter's compiled code, where it tells."""


async def find_image(engine: Engine, name: str = IMAGE) -> Image:
    """The image that `name` (a name, or a digest) means on this Engine; SandboxUnavailable where it cannot be used."""
    found = await engine.ask(_inspect, engine, name)
    if found is None:
        make = f"python -m slipway.sandboxes.images{_options(name)}"
        raise SandboxUnavailable(
            f"{engine.address} has no image {name!r}; make it with `{make}` "
            f"(for this Engine: `--docker {engine.address}`), or name another in sandbox.image; nothing is pulled"
        )
    config: dict[str, Any] = found.get("Config") or {}
    if volumes := config.get("Volumes"):
        # Each would be a writable folder on that machine's disk, without a limit.
        listed = ", ".join(sorted(volumes))
        raise SandboxUnavailable(f"the image {name!r} declares volumes ({listed}), which have no limit; use another")
    return Image(found["Id"], name, (config.get("Labels") or {}).get(PYTHON_LABEL) or None)


def _options(name: str) -> str:
    return "".join(f" --{more}" for more in ("node", "browser") if name.startswith(IMAGE) and f"-{more}" in name)


def _inspect(engine: Engine, name: str) -> dict[str, Any] | None:
    try:
        return engine.api.inspect_image(name)
    except NotFound:
        return None
