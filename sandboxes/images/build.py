"""Makes the image of a sandbox without any registry: Debian's packages, unpacked by `mmdebstrap`, then imported.

The same lists and the same last step are in the `Dockerfile` beside them, for those who have a registry.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import shutil
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from dataclasses import dataclass
from pathlib import Path

from docker.errors import ImageNotFound

from ..base import SandboxUnavailable
from ..docker import IMAGE, Engine
from ..docker.images import PYTHON_LABEL

RECIPE = Path(__file__).parent / "recipe"
SUITE = "bookworm"
_PYTHON = "cpython-311"
"""What `SUITE` has; a test looks."""
_RECIPE_LABEL = "slipway.recipe"
_TOOL = "mmdebstrap"


@dataclass(frozen=True)
class Recipe:
    """What is in an image."""

    node: bool = False
    """Node.js and npm as well."""
    browser: bool = False
    """Chromium and a font as well."""

    @property
    def _more(self) -> list[str]:
        return [name for name in ("node", "browser") if getattr(self, name)]

    @property
    def name(self) -> str:
        """The name of the image."""
        return "-".join([IMAGE, *self._more])

    @property
    def packages(self) -> list[str]:
        """Debian packages; what they depend on comes along, what they recommend does not."""
        lists = ["packages.txt", *(f"{name}-packages.txt" for name in self._more)]
        return [word for name in lists for word in (RECIPE / name).read_text(encoding="utf-8").split()]

    @property
    def digest(self) -> str:
        """Changes with whatever would make another image, but for newer packages."""
        parts = [SUITE, os.uname().machine, *self.packages, *_options(), (RECIPE / "finish.sh").read_text("utf-8")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


async def build(engine: Engine, recipe: Recipe, *, name: str | None = None, cache_dir: Path | None = None) -> str:
    """Make the image on `engine` and return its id.

    `cache_dir` keeps the root file system for the next time, with the packages of this time: for tests and CI, where
    minutes count more than security updates. SandboxUnavailable where it cannot be made.
    """
    if engine.facts.machine != os.uname().machine:
        raise SandboxUnavailable(
            f"{engine.address} runs on {engine.facts.machine}, this machine is {os.uname().machine}: make the image "
            f"there, or from the Dockerfile in {RECIPE}"
        )
    with tempfile.TemporaryDirectory(prefix="slipway-image-") as temporary:
        archive = await _root(recipe, cache_dir or Path(temporary))
        labels = {"slipway": "image", PYTHON_LABEL: _PYTHON, _RECIPE_LABEL: recipe.digest}
        changes = [f"LABEL {key}={value}" for key, value in labels.items()]
        return await engine.ask(_import, engine, archive, name or recipe.name, changes)


async def built(engine: Engine, recipe: Recipe, *, name: str | None = None) -> str | None:
    """The id of the image where it was made from this very recipe; None where it was not."""
    return await engine.ask(_known, engine, name or recipe.name, recipe.digest)


async def _root(recipe: Recipe, folder: Path) -> Path:
    archive = folder / f"root-{recipe.digest}.tar"
    if await asyncio.to_thread(archive.is_file):
        return archive
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    unfinished = archive.with_suffix(f".{os.getpid()}.part")
    try:
        await _bootstrap(recipe, unfinished)
        await asyncio.to_thread(unfinished.rename, archive)
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    return archive


async def _bootstrap(recipe: Recipe, target: Path) -> None:
    if await asyncio.to_thread(shutil.which, _TOOL) is None:
        raise SandboxUnavailable(
            f"{_TOOL} is missing: `apt-get install {_TOOL}`; where a registry can be reached, "
            f"`docker build -t {recipe.name} {RECIPE}` makes the image as well"
        )
    command = [_TOOL, *_options(), f"--include={','.join(recipe.packages)}", *_finish(), "--format=tar", SUITE, target]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    try:
        said, _ = await process.communicate()
    except BaseException:
        process.terminate()  # it takes its mounts and its folder away
        await process.wait()
        raise
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise SandboxUnavailable(f"{_TOOL} made no image: {' / '.join(lines[-5:])}")


def _options() -> list[str]:
    # What finish.sh would remove anyway need not be unpacked.
    unneeded = [f"/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")]
    return ["--variant=minbase", "--quiet", *[f"--dpkgopt=path-exclude={path}" for path in unneeded]]


def _finish() -> list[str]:
    return [f'--customize-hook=chroot "$1" sh -s < {shlex.quote(str(RECIPE / "finish.sh"))}']


def _import(engine: Engine, archive: Path, name: str, changes: list[str]) -> str:
    repository, _, tag = name.partition(":")
    engine.api.import_image_from_file(str(archive), repository=repository, tag=tag or "latest", changes=changes)
    return engine.api.inspect_image(name)["Id"]


def _known(engine: Engine, name: str, digest: str) -> str | None:
    try:
        found = engine.api.inspect_image(name)
    except ImageNotFound:
        return None
    return found["Id"] if (found["Config"].get("Labels") or {}).get(_RECIPE_LABEL) == digest else None
