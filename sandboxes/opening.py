"""Which backend makes the sandboxes here, and the pool that they come from: the one place where that is decided."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..config import SandboxSettings
from .base import Caps, Command, Limits, Sandbox, SandboxUnavailable
from .bubblewrap import bubblewrap_launcher
from .dependencies import Dependencies, DependenciesRefused, Ecosystem, Layer, install, install_tools
from .layers import BASICS, DRIVER, Toolset, ensure_toolset
from .pool import Launcher, Pool
from .profile import BROWSER_LIMITS, NODE, PYTHON
from .resident.sandbox import ResidentSandbox

if TYPE_CHECKING:
    from .docker import Engine

_AHEAD = 1
_NO_NODE = (
    "nothing checks JavaScript or TypeScript, nor builds pages: `apt-get install nodejs npm`, or for Docker make the "
    "image with `python -m slipway.sandboxes.images --node` and name it in sandbox.image"
)
_NO_BROWSER = "nothing opens pages: `apt-get install chromium fonts-dejavu-core libatomic1`"


Layers = tuple[tuple[Path, str], ...]
"""Folders of this machine, each with the place at which a sandbox sees it, read-only."""
_PLACES: dict[Ecosystem, str] = {"python": PYTHON, "node": NODE}


class Backend(Protocol):
    """Makes launchers, of one kind of sandbox."""

    async def launcher(self, limits: Limits, layers: Layers) -> Launcher[ResidentSandbox]:
        """What opens sandboxes with `limits` and `layers`."""
        ...

    async def layer(self, cache_dir: Path, toolset: Toolset) -> tuple[Path, str]:
        """`toolset`, of Python packages, for the Python of these sandboxes: its folder, made once, and its place."""
        ...

    def browsing(self) -> Backend:
        """The same, of sandboxes that have a browser."""
        ...


@dataclass(frozen=True)
class Sandboxes:
    """Opens sandboxes that are all alike, each from a pool, so that the next is warm when it is needed."""

    backend: Backend
    settings: SandboxSettings
    cache_dir: Path
    layers: Layers
    missing: Mapping[str, str]
    """Toolsets, by name, that these sandboxes cannot have, each with the reason: checks that need one do not run."""
    launcher: Launcher[ResidentSandbox]
    pool: Pool[ResidentSandbox]
    chosen: str
    """Which backend, and why that one; for people."""

    async def open(self) -> Sandbox:
        """An empty sandbox, the caller's to close. SandboxUnavailable: none, or none as strict as required."""
        sandbox = await self.pool.take(self.launcher)
        try:
            demand(sandbox.caps, required(self.settings))
        except SandboxUnavailable:
            await sandbox.close()
            raise
        return sandbox

    async def equip(self, tools: Sequence[Toolset]) -> Sandboxes:
        """The same with `tools` in each sandbox beside what is there. SandboxUnavailable where they cannot be had."""
        there = {place for _, place in self.layers}
        wanted = [toolset for toolset in tools if toolset.place not in there]
        layers, missing = await _tools(self.backend, self.settings, self.cache_dir, wanted)
        return replace(await self._with(layers), missing={**self.missing, **missing})

    async def _with(self, layers: Sequence[tuple[Path, str]]) -> Sandboxes:
        if not layers:
            return self
        launcher = await self.backend.launcher(limits_of(self.settings), (*self.layers, *layers))
        return replace(self, layers=(*self.layers, *layers), launcher=launcher)

    async def install(self, dependencies: Dependencies) -> Sandboxes:
        """The same with `dependencies` in each sandbox, from a layer that is made once and shared.

        What may be installed, and from where, `settings.install` says. DependenciesRefused, which a model can act on;
        SandboxUnavailable where no registry answers.
        """
        made = await self.made(dependencies)
        return await self._with([(layer.folder, _PLACES[layer.ecosystem]) for layer in made])

    async def made(self, dependencies: Dependencies) -> tuple[Layer, ...]:
        """The layers that `install` puts into sandboxes, and with its errors; none where nothing is asked for."""
        if not dependencies:
            return ()
        workshop = await self.backend.launcher(_spacious(self.settings), ())
        return await install(workshop.open, dependencies, cache_dir=self.cache_dir, settings=self.settings.install)

    async def browsing(self) -> Sandboxes:
        """The same with a browser and what drives it in each sandbox, limits for that, and nothing of a project.

        Whether the browser is there shows when it is started: it is the machine's own where bubblewrap makes the
        sandboxes. SandboxUnavailable where the Engine lacks the image, or the driver cannot be had.
        """
        backend = self.backend.browsing()
        layers = (await backend.layer(self.cache_dir, DRIVER),)
        launcher = await backend.launcher(BROWSER_LIMITS, layers)
        return replace(self, backend=backend, layers=layers, launcher=launcher)


@dataclass(frozen=True)
class _Bubblewrap:
    async def launcher(self, limits: Limits, layers: Layers) -> Launcher[ResidentSandbox]:
        return await bubblewrap_launcher(limits, layers)

    async def layer(self, cache_dir: Path, toolset: Toolset) -> tuple[Path, str]:
        return await ensure_toolset(cache_dir, toolset), toolset.place

    def browsing(self) -> Backend:
        return self


@dataclass(frozen=True)
class _Docker:
    engine: Engine
    settings: SandboxSettings
    run: str

    async def launcher(self, limits: Limits, layers: Layers) -> Launcher[ResidentSandbox]:
        from . import docker  # loaded by now

        return await docker.docker_launcher(
            self.engine,
            limits,
            image=self.settings.image,
            layers=layers,
            runtime=self.settings.runtime,
            labels={docker.RUN_LABEL: self.run},
        )

    async def layer(self, cache_dir: Path, toolset: Toolset) -> tuple[Path, str]:
        from . import docker  # loaded by now

        return await docker.toolset_layer(self.engine, cache_dir, toolset, image=self.settings.image)

    def browsing(self) -> Backend:
        image = f"{self.settings.image}-browser"
        return replace(self, settings=self.settings.model_copy(update={"image": image}))


@asynccontextmanager
async def open_sandboxes(
    settings: SandboxSettings,
    cache_dir: Path,
    *,
    run: str = "",
    tools: Sequence[Toolset] = (BASICS,),
    ahead: int = _AHEAD,
) -> AsyncGenerator[Sandboxes]:
    """What makes sandboxes as `settings` say: by Docker where an Engine answers that has the image, else by bubblewrap.

    `run` is named on what is made for it, so that what is left of it can be told from the rest. `tools` are in
    each of them, from layers that are made in `cache_dir` once; why there are none for Node.js, `Sandboxes.missing`
    tells. At the end those that nobody took are closed.
    SandboxUnavailable where neither works, or not the one that `settings.backend` names: never anything weaker.
    """
    async with AsyncExitStack() as stack:
        engine, why = await _engine(settings)
        if engine is not None:
            stack.push_async_callback(engine.close)
        backend: Backend = _Bubblewrap() if engine is None else _Docker(engine, settings, run)
        layers, missing = await _tools(backend, settings, cache_dir, tools)
        launcher = await backend.launcher(limits_of(settings), layers)
        pool = await stack.enter_async_context(Pool[ResidentSandbox](ahead=ahead))
        yield Sandboxes(backend, settings, cache_dir, layers, missing, launcher, pool, why)


def limits_of(settings: SandboxSettings) -> Limits:
    """What one sandbox may use, as `settings` say."""
    return Limits(
        memory_bytes=settings.memory_mb << 20,
        workspace_bytes=settings.workspace_mb << 20,
        processes=settings.processes,
    )


async def probe(settings: SandboxSettings, cache_dir: Path) -> tuple[str, Caps]:
    """Which backend is used here and why, and what it enforces, by opening a sandbox and closing it."""
    async with open_sandboxes(settings, cache_dir, tools=(), ahead=0) as sandboxes:
        sandbox = await sandboxes.pool.take(sandboxes.launcher)
        await sandbox.close()
        return sandboxes.chosen, sandbox.caps


async def lacking(settings: SandboxSettings, cache_dir: Path) -> dict[str, str]:
    """What the sandboxes here may do without, for each the next step where it is not there, and "" where it is.

    `node` is for checks of JavaScript and TypeScript, `browser` for those that open pages. SandboxUnavailable where
    there is no sandbox at all.
    """
    async with open_sandboxes(settings, cache_dir, tools=(), ahead=0) as sandboxes:
        node = await _has(sandboxes, sandboxes.launcher, "command -v node && command -v npm")
        try:
            launcher = await sandboxes.backend.browsing().launcher(BROWSER_LIMITS, ())
            browser = await _has(sandboxes, launcher, "command -v chromium || command -v chromium-browser")
        except SandboxUnavailable as error:
            return {"node": "" if node else _NO_NODE, "browser": str(error)}
    return {"node": "" if node else _NO_NODE, "browser": "" if browser else _NO_BROWSER}


async def _has(sandboxes: Sandboxes, launcher: Launcher[ResidentSandbox], looks: str) -> bool:
    sandbox = await sandboxes.pool.take(launcher)
    try:
        return (await sandbox.exec(Command(("sh", "-c", looks)))).exit_code == 0
    finally:
        await sandbox.close()


def demand(caps: Caps, require: frozenset[str]) -> None:
    """SandboxUnavailable where `caps` do not enforce all that is required; it says what to do."""
    missing = sorted(require - caps.enforced.keys())
    if not missing:
        return
    has = ", ".join(sorted(caps.enforced))
    advice = "require less, or use a machine that enforces it"
    if "kernel" in missing:
        advice = (
            "a shared kernel is not isolated: set sandbox.runtime to runsc or kata, with a Docker Engine that has it"
        )
    raise SandboxUnavailable(
        f"required, but not enforced by {caps.backend} here: {', '.join(missing)} (enforced: {has}); {advice}"
    )


async def _engine(settings: SandboxSettings) -> tuple[Engine | None, str]:
    """The Engine to use, or None for bubblewrap, and why."""
    if settings.backend == "bubblewrap":
        if settings.runtime is not None:
            raise SandboxUnavailable(
                f"sandbox.runtime {settings.runtime!r} is for Docker; set sandbox.backend to docker, or no runtime"
            )
        return None, "bubblewrap, as sandbox.backend says"
    # The SDK takes a fifth of a second to load, which machines without an Engine need not wait for.
    from . import docker

    said = settings.backend == "docker" or settings.image != docker.IMAGE
    said = said or settings.docker_host is not None or settings.runtime is not None
    try:
        engine = await docker.connect(settings.docker_host, certificates=settings.docker_certificates)
    except SandboxUnavailable as error:
        if said:
            raise
        return None, f"bubblewrap, since there is {error}"
    try:
        await docker.find_image(engine, settings.image)
    except SandboxUnavailable as error:
        await engine.close()
        if said:
            raise
        return None, f"bubblewrap: {error}"
    except BaseException:
        await engine.close()
        raise
    return engine, f"docker at {engine.address}"


async def _tools(
    backend: Backend, settings: SandboxSettings, cache_dir: Path, tools: Sequence[Toolset]
) -> tuple[Layers, Mapping[str, str]]:
    """The layers of `tools`, and what there is none of, by name, with the reason."""
    layers: list[tuple[Path, str]] = []
    missing: dict[str, str] = {}
    for toolset in tools:
        if toolset.ecosystem == "python":
            layers.append(await backend.layer(cache_dir, toolset))
            continue
        try:
            layers.append(await _node_tools(backend, settings, cache_dir, toolset))
        except (DependenciesRefused, SandboxUnavailable) as error:
            missing[toolset.name] = str(error)
    return tuple(layers), missing


async def _node_tools(
    backend: Backend, settings: SandboxSettings, cache_dir: Path, toolset: Toolset
) -> tuple[Path, str]:
    workshop = await backend.launcher(_spacious(settings), ())
    made = await install_tools(
        workshop.open, toolset.package_json, toolset.lock, cache_dir=cache_dir, settings=settings.install
    )
    return made.folder, toolset.place


def _spacious(settings: SandboxSettings) -> Limits:
    """For a sandbox in which packages are installed."""
    return replace(
        limits_of(settings),
        workspace_bytes=2 * settings.install.layer_mb << 20,
        workspace_files=2 * settings.install.layer_files,
    )


def required(settings: SandboxSettings) -> frozenset[str]:
    """What must be enforced, as `settings` say."""
    return frozenset(settings.require) | ({"kernel"} if settings.require_kernel_isolation else set[str]())
