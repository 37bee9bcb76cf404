"""A folder of this machine in a sandbox of any Engine: read-only, whole, made once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slipway.sandboxes import Command, FileContent, Limits, SandboxUnavailable
from slipway.sandboxes.docker import Engine, find_image, layered_image, listed, open_docker, toolset_layer
from slipway.sandboxes.layers import Target, this_python

pytestmark = pytest.mark.usefixtures("tidy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    layer = tmp_path / "layer-1"
    (layer / "bin").mkdir(parents=True)
    (layer / "bin" / "hello").write_text("#!/bin/sh\necho hello\n")
    (layer / "bin" / "hello").chmod(0o4777)
    (layer / "ünïcode \udce4").write_bytes(b"name")
    (layer / "link").symlink_to("bin/hello")
    return layer


async def test_it_appears_read_only_and_whole(engine: Engine, folder: Path) -> None:
    sandbox = await open_docker(engine, Limits(), layers=[(folder, "/opt/deps"), (folder, "/srv/again")])
    shown = await sandbox.exec(
        Command.shell("cd /opt/deps; stat -c '%A %U %n' bin/hello link; cat *code*; /srv/again/link")
    )
    assert shown.stdout.text == "-rwxr-xr-x root bin/hello\nlrwxrwxrwx root link\nnamehello\n"
    refused = await sandbox.exec(Command.shell("touch /opt/deps/new || rm /opt/deps/link"))
    assert (refused.exit_code, refused.stderr.text.count("Read-only file system")) == (1, 2)
    await sandbox.close()


async def test_it_is_made_once_and_anew_when_the_folder_is_another(engine: Engine, folder: Path) -> None:
    base = (await find_image(engine)).id
    made = await asyncio.gather(*[layered_image(engine, base, [(folder, "/opt/deps")]) for _ in range(3)])
    assert len(set(made)) == 1
    elsewhere = await layered_image(engine, base, [(folder, "/opt/other")])
    (folder / "more").write_text("")
    changed = await layered_image(engine, base, [(folder, "/opt/deps")])
    assert len({made[0], elsewhere, changed, base}) == 4
    assert await listed(engine) == []
    images = await engine.ask(engine.api.images, filters={"label": "slipway=layer"})
    assert {made[0], elsewhere, changed} <= {image["Id"] for image in images}


async def test_the_toolchain_is_the_one_for_the_python_of_the_image(engine: Engine, cache_dir: Path) -> None:
    """The Python of the image need not be the one that runs Slipway."""
    layer = await toolset_layer(engine, cache_dir)
    sandbox = await open_docker(engine, Limits(), layers=[layer])
    await sandbox.write({"test_a.py": FileContent(b"def test_a():\n    assert 1 + 1 == 2\n")})
    tested = await sandbox.exec(Command(("pytest", "-q")))
    assert (tested.exit_code, "1 passed" in tested.stdout.text) == (0, True), tested
    assert (await sandbox.exec(Command(("ruff", "check", "test_a.py")))).ok
    await sandbox.close()


async def test_an_image_without_a_label_is_asked_for_its_python(engine: Engine, cache_dir: Path) -> None:
    made = await engine.ask(
        engine.api.create_container_from_config, {"Image": "slipway-sandbox:bookworm", "Cmd": ["true"]}
    )
    changes = ["LABEL slipway.python=" + label for label in ("", "pypy39")]
    for name, change in zip(("unknown", "pypy"), changes, strict=True):
        await engine.ask(engine.api.commit, made["Id"], repository=f"slipway-test-{name}", changes=[change])
    await engine.ask(engine.api.remove_container, made["Id"])
    known = await toolset_layer(engine, cache_dir)
    assert await toolset_layer(engine, cache_dir, image="slipway-test-unknown") == known
    with pytest.raises(SandboxUnavailable, match="needs CPython, and not 'pypy39'"):
        await toolset_layer(engine, cache_dir, image="slipway-test-pypy")


def test_pip_is_told_the_target() -> None:
    options = Target("cpython-312", "aarch64").options
    assert options[:4] == ["--implementation", "cp", "--python-version", "3.12"]
    assert options[4::2] == ["--platform"] * 3
    assert options[5::2] == ["manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"]
    assert this_python().python.startswith("cpython-3")
