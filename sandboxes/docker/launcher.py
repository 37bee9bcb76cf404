"""Sandboxes made by a Docker Engine, here or on another machine: nothing is mounted or copied, PID 1 is the agent."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...state import this_process
from ..base import Caps, Command, Limits, SandboxGone, SandboxUnavailable
from ..profile import UID, agent_settings, environment
from ..resident.channel import Channel, Json
from ..resident.greeting import check_greeting, whole
from ..resident.sandbox import ResidentSandbox
from ..resident.source import agent_code, agent_source, interpreter_tag
from ..seccomp import docker_profile
from .containers import Container
from .engines import Engine
from .images import IMAGE, Image, find_image
from .layers import layered_image
from .leftovers import LABEL, OPENER_LABEL, RUN_LABEL, SANDBOX
from .profile import LOOPBACK_V6, container, memory_bytes

Sibling = Callable[[], Coroutine[Any, Any, ResidentSandbox]]

_START = 30.0
"""Seconds that a sandbox may take to come up."""
_OWN_KERNEL = {"runsc": "gVisor's kernel between it and the machine's", "kata": "a virtual machine of its own"}
"""Starts of the names of runtimes that do not share the machine's kernel, and what stands in between."""


async def open_docker(
    engine: Engine,
    limits: Limits,
    *,
    image: str = IMAGE,
    layers: Sequence[tuple[Path, str]] = (),
    runtime: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> ResidentSandbox:
    """A new sandbox on `engine`; see `docker_launcher`. For many of a kind keep the launcher and open from that."""
    known = await docker_launcher(engine, limits, image=image, layers=layers, runtime=runtime, labels=labels)
    return await known.open()


async def docker_launcher(
    engine: Engine,
    limits: Limits,
    *,
    image: str = IMAGE,
    layers: Sequence[tuple[Path, str]] = (),
    runtime: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Launcher:
    """What opens sandboxes from `image` (a name or digest, which must be there) with `layers` of (folder, place).

    `runtime` is one that the Engine knows, such as `runsc` or `kata`; None: its default. `labels` come on top of ours,
    of which `slipway.run` may be given. SandboxUnavailable where image or runtime are missing.
    """
    if runtime is not None and runtime not in engine.facts.runtimes:
        has = ", ".join(engine.facts.runtimes)
        raise SandboxUnavailable(
            f"{engine.address} has no runtime {runtime!r} (it has {has}): install it there and name it in the Engine's "
            "daemon.json under `runtimes`, or set sandbox.runtime to one that it has"
        )
    found = await find_image(engine, image)
    if layers:
        found = replace(found, id=await layered_image(engine, found.id, layers))
    # An Engine refuses more than there is.
    limits = replace(limits, cpus=min(limits.cpus, engine.facts.processors))
    opener = await asyncio.to_thread(this_process)
    marks = {RUN_LABEL: "", OPENER_LABEL: opener, **(labels or {}), LABEL: SANDBOX}
    places = tuple(place for _, place in layers)
    return Launcher(engine, found, limits, places, runtime, tuple(sorted(marks.items())))


@dataclass(frozen=True)
class Launcher:
    """Opens sandboxes that are all alike."""

    engine: Engine
    image: Image
    limits: Limits
    places: tuple[str, ...] = ()
    """Where the layers of the image are."""
    runtime: str | None = None
    labels: tuple[tuple[str, str], ...] = ()

    async def open(self, sibling: Sibling | None = None) -> ResidentSandbox:
        """A new sandbox, checked to be as tight as its caps say; its forks begin with what `sibling` opens.

        SandboxUnavailable tells why there is none.
        """
        try:
            return await self._open(sibling or self.open, LOOPBACK_V6)
        except SandboxUnavailable as error:
            if not any(name in str(error) for name in LOOPBACK_V6):
                raise
            return await self._open(sibling or self.open, {})  # that kernel has no IPv6 at all

    async def _open(self, sibling: Sibling, sysctls: Mapping[str, str]) -> ResidentSandbox:
        # Cancelled on the way, a thread would go on to make it, and nobody would know of it.
        made = await whole(Container.create(self.engine, self._config(sysctls)), Container.abandon)
        channel = None
        try:
            channel = Channel(*await whole(made.run(), lambda _: made.abandon()), made)
            hello = await channel.hello(deadline=_START)
            sandbox = ResidentSandbox(channel, self._caps(hello), self.limits, environment(self.places), sibling)
            await self._check(hello, sandbox)
        except SandboxGone as error:
            raise SandboxUnavailable(f"the image {self.image.name!r} made no sandbox: {error}") from None
        except BaseException:
            await (channel.close() if channel is not None else made.abandon())
            raise
        return sandbox

    def _config(self, sysctls: Mapping[str, str]) -> dict[str, object]:
        program = agent_code() if self.image.python == interpreter_tag() else agent_source()
        # A uid has one count of processes for all containers; the kernel counts this one's by its cgroup.
        settings = agent_settings(self.limits, count_processes=False, life=None)
        return container(
            self.image.id,
            ("python3", "-I", "-S", "-c", program, settings),
            self.limits,
            seccomp=_seccomp(self.engine.facts.machine),
            runtime=self.runtime,
            labels=dict(self.labels),
            sysctls=sysctls,
        )

    async def _check(self, hello: Json, sandbox: ResidentSandbox) -> None:
        kernel = self._kernel
        check_greeting(hello, seccomp=kernel is None)
        if kernel is None:
            return
        release = (await sandbox.exec(Command(("uname", "-r")))).stdout.text.strip()
        if release in ("", self.engine.facts.kernel):
            raise SandboxUnavailable(
                f"the runtime {self.runtime!r} of {self.engine.address} ran the sandbox on the machine's own kernel "
                f"({release or 'it did not tell which'}), so it is not what its name says; correct it in daemon.json"
            )

    @property
    def _kernel(self) -> str | None:
        """What stands between the sandbox and the machine's kernel; None where nothing does."""
        runtime = self.runtime or ""
        return next((what for start, what in _OWN_KERNEL.items() if runtime.startswith(start)), None)

    def _caps(self, hello: Json) -> Caps:
        limits, memory = self.engine.facts.limits, memory_bytes(self.limits) >> 20
        watched = f"a watchdog ends a command past {self.limits.memory_bytes >> 20} MiB"
        enforced = {
            "network": "a network namespace of its own, with loopback only",
            "filesystem": "read-only root from an image; tmpfs for the workspace, home, /tmp and /dev/shm",
            "uid": f"uid {UID}, of all containers, without capabilities, and none to be gained",
            "processes": "the cgroup's count" if "processes" in limits else "a watchdog that looks every 50 ms",
            "memory": f"the cgroup, {memory} MiB with its files; {watched}" if "memory" in limits else watched,
            "disk": "sized tmpfs",
            "inodes": "tmpfs with a limit of files",
            "file_size": "RLIMIT_FSIZE",
            "pids": "a PID namespace of its own",
            "own_files": "a root of its own over the image: nobody else feels watches and locks on it",
            "nothing_left": "PID 1 ends with its stream, and the Engine then removes the container",
        }
        if "cpu" in limits:
            enforced["cpu"] = f"the cgroup, as much as {self.limits.cpus:g} processors do"
        if hello.get("seccomp") == 2:
            enforced["seccomp"] = f"a filter for {self.engine.facts.machine}"
        if self._kernel is not None:
            enforced["kernel"] = f"{self._kernel} ({self.runtime})"
        return Caps("docker", enforced, {"layers": "an image of their own over the image"})


@functools.cache
def _seccomp(machine: str) -> str | None:
    profile = docker_profile(machine)
    return json.dumps(profile, separators=(",", ":")) if profile is not None else None
