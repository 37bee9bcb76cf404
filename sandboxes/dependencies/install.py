from __future__ import annotations

from pathlib import Path

from ...config.settings import InstallSettings
from .base import Dependencies, Layer, OpenSandbox
from .node import install_node
from .python import install_python


async def install(
    open_sandbox: OpenSandbox, dependencies: Dependencies, *, cache_dir: Path, settings: InstallSettings
) -> tuple[Layer, ...]:
    """The layers that hold `dependencies`, one for each ecosystem that is asked for; made once, then shared.

    `open_sandbox` gives a fresh sandbox without toolchain and layers, whose workspace has room for what is installed;
    it is closed here. DependenciesRefused tells a model what to ask for instead; SandboxUnavailable a person what is
    missing; SandboxGone as for every sandbox.
    """
    layers: list[Layer] = []
    if dependencies.python.strip():
        layers.append(await install_python(open_sandbox, dependencies.python, cache_dir=cache_dir, settings=settings))
    if dependencies.package_json.strip():
        lock = dependencies.package_lock if dependencies.package_lock.strip() else ""
        made = await install_node(open_sandbox, dependencies.package_json, lock, cache_dir=cache_dir, settings=settings)
        layers.append(made)
    return tuple(layers)
