"""Python packages: resolved and installed by pip in a sandbox, from wheels only, with the hash of every file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from ...config.settings import InstallSettings
from ..base import WORKSPACE, Command, FileContent, Sandbox
from ..egress import WHEELS, Egress, Policy, WheelFolder
from ..pip import bundled_pip
from .base import DependenciesRefused, Layer, OpenSandbox, Package
from .cached import Cached
from .gate import Gate, Pinned, refuse_denied
from .projects import PythonProjects, canonical_version, normalized
from .reach import reach
from .registries import Registry, python_registry
from .requirements import Wanted, read_requirements
from .store import Store, digest_of
from .workshop import CERTIFICATES, Workshop, open_workshop

_ROUNDS = 6
"""Times that a resolution is made again without versions that turned out too young."""
_LAYER = f"{WORKSPACE}/layer"
_PIP = f"{WORKSPACE}/pip"
_PROBE = """
import glob, importlib.util, json, os, sys, sysconfig
spec = importlib.util.find_spec("ensurepip")
places = list(spec.submodule_search_locations or []) if spec else []
wheels = [wheel for place in places for wheel in glob.glob(os.path.join(place, "_bundled", "pip-*.whl"))]
print(json.dumps({"tag": sys.implementation.cache_tag, "platform": sysconfig.get_platform(),
  "installed": importlib.util.find_spec("pip") is not None, "wheel": wheels[0] if wheels else None}))
"""
_UNPACK = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"


class _Inside(BaseModel):
    """The Python of a sandbox."""

    model_config = ConfigDict(strict=True)

    tag: str
    platform: str
    installed: bool
    """It has a pip of its own."""
    wheel: str | None
    """The pip that its `ensurepip` carries."""


async def install_python(open_sandbox: OpenSandbox, text: str, *, cache_dir: Path, settings: InstallSettings) -> Layer:
    """A layer with what the requirements in `text` ask for; one that was made before, where there is one."""
    wanted = read_requirements(text)
    sandbox = await open_sandbox()
    try:
        inside = await _look_inside(sandbox)
        wheels = await asyncio.to_thread(WheelFolder, settings.wheels.expanduser()) if settings.wheels else None
        asked = [*(one.line for one in wanted), *(wheels.stamps if wheels else [])]
        digest = digest_of("python", f"{inside.tag}-{inside.platform}", asked, settings)
        store = Store(cache_dir, settings)
        async with store.making("python", digest) as made:
            if made is not None:
                return made
            pinned = await _fill(sandbox, inside, wanted, wheels, cache_dir, settings)
            packages = [Package(one.name, one.version) for one in pinned]
            return await store.keep(sandbox, _LAYER, "python", digest, packages, _lock(pinned))
    finally:
        await sandbox.close()


async def _fill(
    sandbox: Sandbox,
    inside: _Inside,
    wanted: Sequence[Wanted],
    wheels: WheelFolder | None,
    cache: Path,
    settings: InstallSettings,
) -> Sequence[Pinned]:
    if wheels is not None:
        egress = Egress(Policy(), wheels=wheels)
        async with open_workshop(sandbox, egress, certificates=None, timeout=settings.timeout) as workshop:
            pip = Pip(
                workshop,
                await _find_pip(sandbox, inside),
                ["--no-index", "--find-links", f"{WHEELS}/", *_trust(WHEELS.host)],
            )
            pinned = await pip.resolve(wanted, [])
            refuse_denied("python", [one.name for one in pinned], settings)
            return await pip.install(wanted, pinned)
    registry = await python_registry(settings)
    gate = Gate("python", Cached(PythonProjects(registry), cache / "projects" / "python"), settings)
    admitted = await gate.requirements(wanted)
    egress = Egress(await reach(registry, admitted.urls(), settings))
    async with open_workshop(sandbox, egress, certificates=registry.certificates, timeout=settings.timeout) as workshop:
        pip = Pip(workshop, await _find_pip(sandbox, inside), _index_options(registry))
        return await pip.install(wanted, await _resolved(pip, gate, wanted))


async def _resolved(pip: Pip, gate: Gate, wanted: Sequence[Wanted]) -> Sequence[Pinned]:
    """Versions that fit together, of which none is too young: pip is asked again without those that are."""
    names = {one.name for one in wanted}
    pinned: Sequence[Pinned] = []
    for _ in range(_ROUNDS):
        left_out = gate.too_young(names)
        pinned = await pip.resolve(wanted, left_out)
        names |= {one.name for one in pinned}
        await gate.known(names)
        if not {(one.name, one.version) for one in pinned} & {(one.name, one.version) for one in gate.too_young(names)}:
            break
    await gate.versions(pinned)
    return pinned


class Pip:
    """The pip in a sandbox."""

    def __init__(self, workshop: Workshop, program: Sequence[str], sources: Sequence[str]) -> None:
        self._workshop = workshop
        self._command = [
            "python3",
            "-I",
            *program,
            "--isolated",
            "--no-input",
            "--disable-pip-version-check",
            "--quiet",
        ]
        self._options = [
            "--no-cache-dir", "--only-binary", ":all:", "--proxy", workshop.proxy, "--cert", CERTIFICATES,
            "--retries", "1", "--timeout", "60", *sources,
        ]  # fmt: skip

    async def resolve(self, wanted: Sequence[Wanted], left_out: Sequence[Pinned]) -> Sequence[Pinned]:
        """What pip would install, all dependencies with it. A lock is checked by `install` and is its own answer."""
        if any(one.hashes for one in wanted):
            return [Pinned(one.name, one.pinned or "", one.hashes) for one in wanted]
        constraints = "".join(f"{one.name}!={one.version}\n" for one in left_out)
        await self._workshop.sandbox.write({
            "requirements.txt": FileContent("".join(f"{one.written}\n" for one in wanted).encode()),
            "constraints.txt": FileContent(constraints.encode()),
        })  # fmt: skip
        report = ["--dry-run", "--ignore-installed", "--report", "report.json", "--constraint", "constraints.txt"]
        shown = ", ".join(f"{one.name} {one.version}" for one in left_out[:5])
        hint = f"versions that are too young were left out, such as: {shown}" if left_out else ""
        command = [*self._command, "install", *self._options, *report, "--requirement", "requirements.txt"]
        await self._workshop.run(command, "finding versions that fit together", hint=hint)
        return _read_report(await self._workshop.sandbox.read("report.json"))

    async def install(self, wanted: Sequence[Wanted], pinned: Sequence[Pinned]) -> Sequence[Pinned]:
        """Install exactly `pinned`, each file by its hash; a lock must have all that its packages depend on."""
        await self._workshop.sandbox.write({"requirements.txt": FileContent(_lines(wanted, pinned).encode())})
        complete = [] if any(one.hashes for one in wanted) else ["--no-deps"]
        options = ["--require-hashes", "--no-compile", "--target", _LAYER, *complete]
        command = [*self._command, "install", *self._options, *options, "--requirement", "requirements.txt"]
        await self._workshop.run(command, "installing")
        # By content, not by time: the times of files change on their way out. What cannot be compiled is left as it is.
        compiler = (
            "python3",
            "-I",
            "-m",
            "compileall",
            "-qq",
            "-j",
            "2",
            "--invalidation-mode",
            "unchecked-hash",
            _LAYER,
        )
        await self._workshop.sandbox.exec(Command(compiler, timeout=self._workshop.timeout))
        return pinned


def _lines(wanted: Sequence[Wanted], pinned: Sequence[Pinned]) -> str:
    """A lock's own lines, since they may have markers and extras; else one for each package that was found."""
    if any(one.hashes for one in wanted):
        return "".join(f"{one.line}\n" for one in wanted)
    return _lock(pinned)


def _lock(pinned: Sequence[Pinned]) -> str:
    lines = (
        " ".join([f"{one.name}=={one.version}", *(f"--hash={digest}" for digest in sorted(one.hashes))])
        for one in pinned
    )
    return "".join(f"{line}\n" for line in sorted(lines))


async def _look_inside(sandbox: Sandbox) -> _Inside:
    result = await sandbox.exec(Command(("python3", "-I", "-c", _PROBE), timeout=30))
    try:
        inside = _Inside.model_validate_json(result.stdout.data)
    except ValidationError:
        raise DependenciesRefused("this sandbox has no Python to install for; use an image with python3") from None
    return inside


async def _find_pip(sandbox: Sandbox, inside: _Inside) -> Sequence[str]:
    """How Python runs pip there. From a wheel it is unpacked first: out of the archive it starts four times slower."""
    if inside.installed:
        return ["-m", "pip"]
    wheel = inside.wheel or await _bring_pip(sandbox)
    unpacked = await sandbox.exec(Command(("python3", "-I", "-c", _UNPACK, wheel, _PIP), timeout=60))
    if not unpacked.ok:
        raise DependenciesRefused("this sandbox has no pip that works; use an image with python3-pip")
    return [f"{_PIP}/pip"]


async def _bring_pip(sandbox: Sandbox) -> str:
    wheel = await asyncio.to_thread(bundled_pip)
    if wheel is None:
        raise DependenciesRefused("this sandbox has no pip; use an image with python3-pip")
    await sandbox.write({"pip.zip": FileContent(await asyncio.to_thread(wheel.read_bytes))})
    return f"{WORKSPACE}/pip.zip"


def _index_options(registry: Registry) -> list[str]:
    main, *extra = registry.urls
    plain = [
        origin.host + (f":{origin.port}" if origin.port != 80 else "")
        for origin in registry.origins
        if origin.scheme == "http"
    ]
    return [
        "--index-url",
        f"{main}/",
        *(word for url in extra for word in ("--extra-index-url", f"{url}/")),
        *_trust(*plain),
    ]


def _trust(*hosts: str) -> list[str]:
    """pip takes nothing without TLS that it was not told to trust; the hash of every file is compared in any case."""
    return [word for host in sorted(hosts) for word in ("--trusted-host", host)]


def _read_report(data: bytes) -> Sequence[Pinned]:
    try:
        said = cast(dict[str, Any], json.loads(data))
        return [_read_entry(entry) for entry in said["install"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DependenciesRefused("pip's report of what it would install cannot be read") from None


def _read_entry(entry: dict[str, Any]) -> Pinned:
    archive: dict[str, Any] = entry["download_info"]["archive_info"]
    sha256 = (archive.get("hashes") or {}).get("sha256") or str(archive["hash"]).removeprefix("sha256=")
    return Pinned(
        normalized(entry["metadata"]["name"]),
        canonical_version(str(entry["metadata"]["version"])),
        frozenset({f"sha256:{sha256}"}),
    )
