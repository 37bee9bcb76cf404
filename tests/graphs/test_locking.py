"""What a pack's lock is made of, and that it is had again from it, whichever registry the next machine asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.config import Settings
from slipway.config.pack import Allowed, Dependency, Head
from slipway.config.settings import InstallSettings
from slipway.graphs.locking import asked, lock
from slipway.sandboxes import Dependencies, Package

from ..sandboxes.dependencies.conftest import Registry

HEAD = Head(
    name="house",
    version=1,
    summary="Of a test.",
    languages=("python", "javascript"),
    dependencies={
        "python": Allowed(
            allowed=(
                Dependency(name="Hull"),
                Dependency(name="ruff", modules=()),  # nobody imports it
                Dependency(name="pytest"),  # the checks have it
                Dependency(name="rig-tools", modules=("rig", "sail")),
            ),
            provided=("pytest", "rig"),
        ),
        "node": Allowed(
            allowed=(Dependency(name="@corp/mast"), Dependency(name="eslint", modules=()), Dependency(name="node-own")),
            provided=("node-own",),
        ),
    },
)


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    yield made
    made.close()


@pytest.fixture
def asking(settings: Settings, registry: Registry, tmp_path: Path) -> Settings:
    """Settings by which that registry is asked, and with a cache of the test's own."""
    here = {"python_index": f"{registry.url}/simple", "node_registry": f"{registry.url}/npm"}
    small = {"timeout": 60, "layer_mb": 64, "layer_files": 2000}
    install = InstallSettings.model_validate({**settings.sandbox.install.model_dump(), **here, **small})
    sandbox = settings.sandbox.model_copy(update={"install": install, "memory_mb": 512, "workspace_mb": 64})
    folders = settings.folders.model_copy(update={"cache": tmp_path / "cache"})
    return settings.model_copy(update={"sandbox": sandbox, "folders": folders})


def test_what_a_lock_is_made_of() -> None:
    wanted = asked(HEAD)
    package = {"name": "house", "private": True, "dependencies": {"@corp/mast": "*"}}
    assert (wanted.python, json.loads(wanted.package_json)) == ("Hull\nrig-tools\n", package)
    assert asked(HEAD.model_copy(update={"dependencies": {}})) == Dependencies()


def test_a_pack_says_which_versions_a_lock_may_have() -> None:
    """Its projects may have to run where a newer one does not."""
    dependencies = {
        "python": Allowed(allowed=(Dependency(name="Hull", versions=">=1,<2"),)),
        "node": Allowed(allowed=(Dependency(name="mast", versions="^1.4 || ^3"),)),
    }
    wanted = asked(HEAD.model_copy(update={"dependencies": dependencies}))
    assert (wanted.python, json.loads(wanted.package_json)["dependencies"]) == ("Hull>=1,<2\n", {"mast": "^1.4 || ^3"})


async def test_both_ecosystems_are_locked(registry: Registry, asking: Settings) -> None:
    registry.add_wheel("keel", "1.5")
    registry.add_wheel("hull", "1.0")
    registry.add_wheel("hull", "1.1", requires=["keel>=1", "anchor; python_version < '3'"])
    registry.add_wheel("hull", "2.0", days=1)  # too young to be let in
    registry.add_wheel("rig-tools", "3.0")
    registry.add_npm("@corp/mast", "1.0.0", {"dependencies": {"spar": "^2"}}, {"index.js": ""})
    integrity = registry.add_npm("spar", "2.1.0", {}, {"index.js": ""})
    made = await lock(HEAD, asking)
    assert made.packages == {
        "python": (Package("hull", "1.1"), Package("keel", "1.5"), Package("rig-tools", "3.0")),
        "node": (Package("@corp/mast", "1.0.0"), Package("spar", "2.1.0")),
    }
    assert sorted(made.files) == ["package-lock.json", "package.json", "requirements.txt"]
    assert made.files["requirements.txt"] == b"hull==1.1\nkeel==1.5\nrig-tools==3.0\n"
    versions = made.files["package-lock.json"].decode()
    assert json.loads(versions)["packages"]["node_modules/spar"] == {"version": "2.1.0", "integrity": integrity}
    assert registry.url not in versions
