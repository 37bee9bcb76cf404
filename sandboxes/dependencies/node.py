"""Node packages: resolved and installed by npm in a sandbox, from the registry only, without any script of theirs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...config.settings import InstallSettings
from ..base import WORKSPACE, Command, FileContent, Sandbox
from ..egress import Egress
from .base import DependenciesRefused, Layer, OpenSandbox, Package
from .cached import Cached
from .gate import Gate
from .node_locks import read_package_json, read_package_lock
from .projects import NodeProjects
from .reach import reach
from .registries import Registry, node_registry
from .store import Store, digest_of
from .workshop import CERTIFICATES, Workshop, open_workshop

_PROBE = """
const header = process.report.getReport().header;
console.log(JSON.stringify({abi: process.versions.modules, platform: process.platform, arch: process.arch,
  libc: header.glibcVersionRuntime ? "glibc" : "other"}));
"""
_NO_NODE = "this sandbox has no Node.js with npm; use an image that has both"


class _Inside(BaseModel):
    """The Node.js of a sandbox."""

    model_config = ConfigDict(strict=True)

    abi: str
    platform: str
    arch: str
    libc: str


async def install_node(
    open_sandbox: OpenSandbox, package_json: str, package_lock: str, *, cache_dir: Path, settings: InstallSettings
) -> Layer:
    """A layer with what `package_json` asks for, in the versions of `package_lock`; "": in new ones."""
    project = read_package_json(package_json)
    if package_lock:
        read_package_lock(package_lock)
    sandbox = await open_sandbox()
    try:
        inside = await _look_inside(sandbox)
        platform = f"{inside.platform}-{inside.arch}-{inside.libc}-{inside.abi}"
        digest = digest_of("node", platform, [project.text, package_lock], settings)
        store = Store(cache_dir, settings)
        async with store.making("node", digest) as made:
            if made is not None:
                return made
            files = {"package.json": project.text, **({"package-lock.json": package_lock} if package_lock else {})}
            lock = await _fill(sandbox, files, project.names, cache_dir, settings)
            packages = [Package(one.name, one.version) for one in read_package_lock(lock)]
            return await store.keep(sandbox, f"{WORKSPACE}/node_modules", "node", digest, packages, lock)
    finally:
        await sandbox.close()


async def install_tools(
    open_sandbox: OpenSandbox, package_json: str, package_lock: str, *, cache_dir: Path, settings: InstallSettings
) -> Layer:
    """A layer with what a lock of ours holds, by its hashes; no rule about a project's packages is about these.

    It does not depend on the version of Node.js. DependenciesRefused where the sandbox has none, or what it has made
    no layer.
    """
    sandbox = await open_sandbox()
    try:
        inside = await _node_of(sandbox)
        asked = f"{inside.platform}-{inside.arch}-{inside.libc}\n{package_json}\n{package_lock}"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        store = Store(cache_dir, settings)
        async with store.making("node", digest) as made:
            if made is not None:
                return made
            await _npm_of(sandbox)
            registry = await node_registry(settings)
            egress = Egress(await reach(registry, (), settings))
            files = {"package.json": package_json, "package-lock.json": package_lock}
            async with _npm(sandbox, egress, registry, files, settings) as workshop:
                await workshop.run(["npm", "ci"], "installing the tools for Node.js")
            packages = [Package(one.name, one.version) for one in read_package_lock(package_lock)]
            return await store.keep(sandbox, f"{WORKSPACE}/node_modules", "node", digest, packages, package_lock)
    finally:
        await sandbox.close()


async def _fill(
    sandbox: Sandbox, files: Mapping[str, str], names: frozenset[str], cache_dir: Path, settings: InstallSettings
) -> str:
    registry = await node_registry(settings)
    gate = Gate("node", Cached(NodeProjects(registry), cache_dir / "projects" / "node"), settings)
    admitted = await gate.names(names)
    egress = Egress(await reach(registry, admitted.urls(), settings))
    async with _npm(sandbox, egress, registry, files, settings) as workshop:
        if "package-lock.json" not in files:
            before = datetime.fromtimestamp(time.time() - settings.version_days * 86400, UTC)
            command = ["npm", "install", "--package-lock-only", f"--before={before.isoformat()}"]
            await workshop.run(command, "finding versions that fit together")
        lock = (await sandbox.read("package-lock.json")).decode("utf-8", "replace")
        await gate.versions(read_package_lock(lock))
        await workshop.run(["npm", "ci"], "installing")
        await sandbox.exec(Command(("mkdir", "-p", "node_modules")))  # there is none where nothing was asked for
    return lock


@asynccontextmanager
async def _npm(
    sandbox: Sandbox, egress: Egress, registry: Registry, files: Mapping[str, str], settings: InstallSettings
) -> AsyncGenerator[Workshop]:
    """A workshop with `files`, where npm knows its registry and the way there."""
    async with open_workshop(sandbox, egress, certificates=registry.certificates, timeout=settings.timeout) as workshop:
        texts = {**files, ".npmrc": _npmrc(registry, workshop)}
        await sandbox.write({path: FileContent(text.encode()) for path, text in texts.items()})
        yield workshop


def _npmrc(registry: Registry, workshop: Workshop) -> str:
    lines = {
        "registry": f"{registry.urls[0]}/",
        **{f"{scope}:registry": f"{url}/" for scope, url in registry.scopes.items()},
        "proxy": workshop.proxy,
        "https-proxy": workshop.proxy,
        "cafile": CERTIFICATES,
        "cache": f"{WORKSPACE}/cache",
        "ignore-scripts": "true",
        "audit": "false",
        "fund": "false",
        "update-notifier": "false",
        "fetch-retries": "1",
        "loglevel": "error",
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


async def _look_inside(sandbox: Sandbox) -> _Inside:
    inside = await _node_of(sandbox)
    await _npm_of(sandbox)
    return inside


async def _npm_of(sandbox: Sandbox) -> None:
    if not (await sandbox.exec(Command(("npm", "--version"), timeout=30))).ok:
        raise DependenciesRefused(_NO_NODE)


async def _node_of(sandbox: Sandbox) -> _Inside:
    result = await sandbox.exec(Command(("node", "-e", _PROBE), timeout=30))
    try:
        return _Inside.model_validate_json(result.stdout.data)
    except ValidationError:
        raise DependenciesRefused(_NO_NODE) from None
