"""The toolchain that checks generated software: pinned, made once, and the only third-party code in a sandbox."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from slipway.sandboxes import BASICS, NODE, Command, FileContent, SandboxUnavailable, ensure_toolset, open_sandbox


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def layer(cache_dir: Path) -> Path:
    return asyncio.run(ensure_toolset(cache_dir))


def test_the_lock_pins_every_package() -> None:
    lines = [line for line in BASICS.lock.splitlines() if line and not line.startswith("#")]
    assert [line.partition("==")[0] for line in lines] == [
        "ast-grep-cli",
        "iniconfig",
        "packaging",
        "pluggy",
        "pygments",
        "pytest",
        "ruff",
    ]
    assert all(line.partition("==")[2] for line in lines)


def test_the_lock_for_node_pins_every_package_by_its_hash() -> None:
    """And names no registry: the packages come from the one that npm is configured for."""
    packages = json.loads(NODE.lock)["packages"]
    asked = packages.pop("")["dependencies"]
    assert asked == json.loads(NODE.package_json)["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


async def test_it_is_made_once(cache_dir: Path, layer: Path) -> None:
    before = layer.stat().st_mtime_ns
    assert await asyncio.gather(*[ensure_toolset(cache_dir) for _ in range(3)]) == [layer] * 3
    assert layer.stat().st_mtime_ns == before
    assert sorted(path.name for path in cache_dir.iterdir()) == [layer.name, "toolchain.lock"]


def test_every_uid_can_read_it(layer: Path) -> None:
    """The sandbox of a root user runs under a uid of its own."""
    closed = [path for path in layer.rglob("*") if not path.stat().st_mode & stat.S_IROTH]
    assert (closed, layer.stat().st_mode & 0o777) == ([], 0o755)


async def test_it_works_in_a_sandbox_and_nothing_of_the_host_does(cache_dir: Path, layer: Path) -> None:
    try:
        sandbox = await open_sandbox(cache_dir=cache_dir)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    await sandbox.write({
        "app.py": FileContent(b"import os\n\n\ndef add(a, b):\n    return a + b\n"),
        "test_app.py": FileContent(b"from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"),
    })  # fmt: skip
    try:
        tests = await sandbox.exec(Command(("python", "-m", "pytest", "-v", "-p", "no:cacheprovider")))
        assert (tests.exit_code, "test_app.py::test_add PASSED" in tests.stdout.text) == (0, True)
        assert "plugins:" not in tests.stdout.text
        assert (await sandbox.exec(Command(("pytest", "-q")))).ok
        for ruff in (("ruff",), ("python3", "-m", "ruff")):
            lint = await sandbox.exec(Command((*ruff, "check", "--output-format", "concise", "--no-cache")))
            assert (lint.exit_code, "app.py:1:8: F401" in lint.stdout.text) == (1, True)
        found = await sandbox.exec(Command(("ast-grep", "run", "--lang", "python", "-p", "import $A", "app.py")))
        assert (found.exit_code, found.stdout.text) == (0, "app.py:1:import os\n")
        absent = await sandbox.exec(Command(("python", "-c", "import pydantic")))
        assert "No module named 'pydantic'" in absent.stderr.text
        ours = await sandbox.exec(Command(("python", "-c", "import pytest; print(pytest.__file__)")))
        assert ours.stdout.text == "/opt/slipway/toolchain/pytest/__init__.py\n"
        assert not (await sandbox.exec(Command(("touch", "/opt/slipway/toolchain/x")))).ok
    finally:
        await sandbox.close()


async def test_a_cache_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxUnavailable, match=r"cannot be kept in .*file"):
        await ensure_toolset(tmp_path / "file" / "cache")


async def test_an_index_that_has_nothing_is_an_error_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SandboxUnavailable, match=r"pip could not install the toolchain: .*pip download ruff"):
        await ensure_toolset(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["toolchain.lock"]
