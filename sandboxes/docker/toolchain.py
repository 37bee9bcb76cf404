from __future__ import annotations

from pathlib import Path

from ..base import Command, Limits, SandboxUnavailable
from ..layers import BASICS, Target, Toolset, ensure_toolset
from .engines import Engine
from .images import IMAGE, PYTHON_LABEL
from .launcher import docker_launcher

_TAG = ("python3", "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag, end='')")


async def toolset_layer(
    engine: Engine, cache_dir: Path, toolset: Toolset = BASICS, *, image: str = IMAGE
) -> tuple[Path, str]:
    """`toolset` as a layer for `open_docker`: its folder, made where it is missing, and its place.

    It is for the Python of `image` and the machine of `engine`, whatever runs here. An image that does not tell its
    Python by a label is asked in a sandbox.
    """
    known = await docker_launcher(engine, Limits(), image=image)
    python = known.image.python
    if python is None:
        sandbox = await known.open()
        try:
            python = (await sandbox.exec(Command(_TAG))).stdout.text
        finally:
            await sandbox.close()
    digits = python.removeprefix("cpython-")
    if digits == python or not digits.isdigit():
        raise SandboxUnavailable(f"the image {image!r} needs CPython, and not {python!r} (label {PYTHON_LABEL})")
    return await ensure_toolset(cache_dir, toolset, Target(python, engine.facts.machine)), toolset.place
