"""Real pip and real npm in a real sandbox, against a registry on loopback: what comes in is what was judged, frozen,
shared, and nothing of a package runs on the way."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.config.settings import InstallSettings
from slipway.sandboxes import Limits, Sandbox, SandboxUnavailable, open_sandbox
from slipway.sandboxes.dependencies import Dependencies, DependenciesRefused, Layer, Package, install, install_tools

Install = Callable[..., Awaitable[tuple[Layer, ...]]]

LIMITS = Limits(workspace_bytes=128 << 20)


@pytest.fixture
def opened() -> list[Sandbox]:
    """The sandboxes that were opened."""
    return []


@pytest.fixture
def installing(tmp_path: Path, install_settings: Callable[..., InstallSettings], opened: list[Sandbox]) -> Install:
    """Installs dependencies, with changed settings."""

    async def open_one() -> Sandbox:
        try:
            opened.append(await open_sandbox(cache_dir=tmp_path, limits=LIMITS, tools=()))
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        return opened[-1]

    async def run(dependencies: Dependencies, **changes: object) -> tuple[Layer, ...]:
        settings = install_settings(**{"timeout": 150, **changes})
        return await install(open_one, dependencies, cache_dir=tmp_path / "cache", settings=settings)

    return run


def content(layer: Layer) -> set[str]:
    found = (path for path in layer.folder.rglob("*") if not path.is_dir())
    return {str(path.relative_to(layer.folder)) for path in found if path.suffix != ".pyc"}


def writable(layer: Layer) -> list[Path]:
    return [path for path in layer.folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o222]


async def test_requirements_become_a_layer_that_is_shared(registry, installing: Install, tmp_path: Path) -> None:
    registry.add_wheel("hull", "1.0", requires=["keel>=1"], scripts="hull=hull:version")
    lock = {name: registry.add_wheel(name, version) for name, version in [("keel", "1.4"), ("keel", "1.5")]}
    registry.add_wheel("keel", "2.0", days=1)
    hull = registry.add_wheel("hull", "1.1", requires=["keel>=1"], scripts="hull=hull:version")
    (layer,) = await installing(Dependencies(python="hull"))
    assert layer.packages == (Package("hull", "1.1"), Package("keel", "1.5"))  # 2.0 is too young
    assert layer.lock == f"hull==1.1 --hash={hull}\nkeel==1.5 --hash={lock['keel']}\n"
    assert content(layer) >= {"hull.py", "keel.py", "bin/hull", "hull-1.1.dist-info/METADATA"}
    assert (layer.folder / "bin" / "hull").read_bytes().startswith(b"#!/usr/bin/env python3\n")
    assert list(layer.folder.glob("__pycache__/hull.*.pyc")) != []
    assert (layer.folder.is_relative_to(tmp_path / "cache" / "layers"), writable(layer)) == (True, [])
    assert layer.files == sum(1 for path in layer.folder.rglob("*") if path.is_file())

    registry.asked.clear()
    assert await installing(Dependencies(python="# the same\nhull\n")) == (layer,)
    assert registry.asked == []
    (again,) = await installing(Dependencies(python=layer.lock))
    assert (again.packages, again.lock) == (layer.packages, layer.lock)
    assert again.digest != layer.digest


async def test_a_lock_takes_no_other_file(registry, installing: Install) -> None:
    """The registry is asked first; should it serve another file than it told of, pip compares, too."""
    digest = registry.add_wheel("hull", "1.0", requires=["keel"])
    registry.add_wheel("keel", "1.0")
    with pytest.raises(DependenciesRefused, match="the hash that the lock has for hull"):
        await installing(Dependencies(python=f"hull==1.0 --hash=sha256:{'0' * 64}"))
    with pytest.raises(DependenciesRefused, match="keel"):  # a lock must have everything
        await installing(Dependencies(python=f"hull==1.0 --hash={digest}"))
    kind, _ = registry.pages["/files/hull-1.0-py3-none-any.whl"]
    registry.pages["/files/hull-1.0-py3-none-any.whl"] = (kind, b"something else")
    with pytest.raises(DependenciesRefused, match=r"(?s)installing failed: .*(DO NOT MATCH|do not match)"):
        await installing(Dependencies(python=f"hull==1.0 --hash={digest}"))


async def test_nothing_of_a_package_runs(registry, installing: Install, make_sdist, opened: list[Sandbox]) -> None:
    """A source distribution runs its `setup.py` to be installed, so there is none."""
    setup = "open('/workspace/layer-was-here', 'w')\nfrom setuptools import setup\nsetup(name='hull', version='1.0')\n"
    registry.add_file("hull", "hull-1.0.tar.gz", make_sdist({"setup.py": setup}, "hull-1.0"))
    with pytest.raises(DependenciesRefused, match=r"finding versions that fit together failed: .*hull"):
        await installing(Dependencies(python="hull"))
    assert "/files/hull-1.0.tar.gz" not in registry.asked
    assert len(opened) == 1


async def test_a_page_cannot_send_the_installer_elsewhere(registry, installing: Install) -> None:
    """A file on another port of this machine is somebody else's service."""
    registry.add_wheel("keel", "1.0")
    asked: list[bytes] = []

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(service, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        registry.add_file(
            "hull", "hull-1.0-py3-none-any.whl", b"x", url=f"https://127.0.0.1:{port}/hull-1.0-py3-none-any.whl"
        )
        with pytest.raises(DependenciesRefused) as caught:
            await installing(Dependencies(python="hull"))
    assert asked == []
    assert caught.value.reasons[1:] == (
        "on the way, something was not let out: '127.0.0.1' is an address; only names on the allow-list may be reached",
    )


async def test_a_folder_of_wheels_needs_no_network(registry, installing: Install, folder_of_wheels: Path) -> None:
    (layer,) = await installing(Dependencies(python="shipwright"), wheels=folder_of_wheels)
    assert layer.packages == (Package("shipwright", "1.0"), Package("caulk", "2.0"))
    assert content(layer) >= {"shipwright.py", "caulk.py"}
    with pytest.raises(DependenciesRefused, match="No matching distribution found for hull"):
        await installing(Dependencies(python="hull"), wheels=folder_of_wheels)
    with pytest.raises(DependenciesRefused, match="'caulk' is not allowed here"):
        await installing(Dependencies(python="shipwright"), wheels=folder_of_wheels, deny=["caulk"])
    assert registry.asked == []


async def test_a_layer_that_is_too_large_is_none(registry, installing: Install, tmp_path: Path) -> None:
    registry.add_wheel("hull", "1.0")
    with pytest.raises(DependenciesRefused, match=r"too many files for a layer \(sandbox.install.layer_files\)"):
        await installing(Dependencies(python="hull"), layer_files=3)
    assert [path for path in (tmp_path / "cache" / "layers").iterdir() if path.suffix != ".lock"] == []


async def test_an_npm_project_is_locked_and_installed_without_its_scripts(registry, installing: Install) -> None:
    evil = {"scripts": dict.fromkeys(("preinstall", "install", "postinstall"), "touch /workspace/node_modules/ran")}
    files = {"index.js": "module.exports = 1\n", "cli.js": "#!/usr/bin/env node\n", "binding.gyp": "{}"}
    registry.add_npm(
        "hull", "1.0.0", {**evil, "bin": {"hull": "cli.js"}, "dependencies": {"@corp/keel": "^1.0.0"}}, files
    )
    registry.add_npm("@corp/keel", "1.1.0", evil, {"index.js": ""})
    registry.add_npm("@corp/keel", "1.2.0", {}, {"index.js": ""}, days=1)
    project = json.dumps({**evil, "name": "ship", "dependencies": {"hull": "^1.0.0"}})
    (layer,) = await installing(Dependencies(package_json=project))
    assert layer.packages == (Package("@corp/keel", "1.1.0"), Package("hull", "1.0.0"))
    assert content(layer) == {
        ".bin/hull", ".package-lock.json", "@corp/keel/index.js", "@corp/keel/package.json", "hull/binding.gyp",
        "hull/cli.js", "hull/index.js", "hull/package.json",
    }  # fmt: skip
    assert str((layer.folder / ".bin" / "hull").readlink()) == "../hull/cli.js"
    assert stat.S_IMODE((layer.folder / "hull" / "cli.js").stat().st_mode) == 0o555
    assert writable(layer) == []

    (again,) = await installing(Dependencies(package_json=project, package_lock=layer.lock))
    assert (again.packages, content(again)) == (layer.packages, content(layer))
    forged = layer.lock.replace("sha512-", "sha512-AAAA", 1).replace("==", "", 1)
    with pytest.raises(DependenciesRefused, match="hash"):
        await installing(Dependencies(package_json=project, package_lock=forged))


async def test_tools_of_ours_come_by_their_lock_alone(
    registry, install_settings: Callable[..., InstallSettings], tmp_path: Path
) -> None:
    """No rule for a project's packages is about them: neither how new they are, nor who is denied."""
    integrity = registry.add_npm("hull", "1.0.0", {"bin": {"hull": "cli.js"}}, {"cli.js": ""}, days=0)
    project = json.dumps({"name": "tools", "dependencies": {"hull": "1.0.0"}})
    entry = {"version": "1.0.0", "integrity": integrity, "bin": {"hull": "cli.js"}}
    packages = {"": json.loads(project), "node_modules/hull": entry}
    lock = json.dumps({"name": "tools", "lockfileVersion": 3, "requires": True, "packages": packages})

    async def open_one() -> Sandbox:
        return await open_sandbox(cache_dir=tmp_path, limits=LIMITS, tools=())

    for changes in ({}, {"deny": ["hull"]}):
        settings = install_settings(timeout=60, **changes)
        layer = await install_tools(open_one, project, lock, cache_dir=tmp_path / "cache", settings=settings)
        assert (layer.packages, layer.lock) == ((Package("hull", "1.0.0"),), lock)
        assert content(layer) == {".bin/hull", ".package-lock.json", "hull/cli.js", "hull/package.json"}
    assert len([path for path in (tmp_path / "cache" / "layers").iterdir() if path.is_dir()]) == 1


async def test_many_that_ask_for_the_same_make_it_once(registry, installing: Install) -> None:
    """More of them than there are threads: who waits must not keep the one that works from its own."""
    registry.add_wheel("hull", "1.0")
    made = await asyncio.gather(*[installing(Dependencies(python="hull")) for _ in range(12)])
    assert set(made) == {made[0]}
    assert registry.asked.count("/files/hull-1.0-py3-none-any.whl") == 2  # to find out what it needs, and to install it
