"""The one place where it is decided what makes the sandboxes: what is asked for is what comes, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.config import Settings
from slipway.config.settings import InstallSettings, SandboxSettings
from slipway.sandboxes import Command, Dependencies, SandboxUnavailable, open_sandboxes
from slipway.sandboxes.opening import probe

Chosen = Callable[..., SandboxSettings]


@pytest.fixture
def chosen(settings: Settings) -> Chosen:
    """Settings of a sandbox, small, with changes."""
    small = {"memory_mb": 256, "workspace_mb": 64, "processes": 64}
    return lambda **changes: settings.sandbox.model_copy(update={**small, **changes})


@pytest.fixture(params=["bubblewrap", "docker"])
def backend(request: pytest.FixtureRequest, chosen: Chosen) -> SandboxSettings:
    """Each backend by its name."""
    if request.param == "bubblewrap":
        return chosen(backend="bubblewrap")
    return chosen(backend="docker", docker_host=request.getfixturevalue("docker_host"))


async def test_each_backend_gives_sandboxes_with_the_toolchain(backend: SandboxSettings, cache_dir: Path) -> None:
    async with open_sandboxes(backend, cache_dir) as sandboxes:
        first, second = await sandboxes.open(), await sandboxes.open()
        fork = await first.fork()
        said = [await box.exec(Command(("ruff", "--version"))) for box in (first, second, fork)]
        assert [result.stdout.text.startswith("ruff ") for result in said] == [True] * 3
        assert (await first.exec(Command(("python3", "-m", "pytest", "--version")))).ok
        assert {box.caps.backend for box in (first, second, fork)} == {backend.backend}
        for box in (first, second, fork):
            await box.close()


async def test_a_project_s_dependencies_are_in_each_sandbox(
    backend: SandboxSettings,
    cache_dir: Path,
    registry,
    install_settings: Callable[..., InstallSettings],
    tmp_path: Path,
) -> None:
    registry.add_wheel("keel", "1.5")
    registry.add_wheel("hull", "1.1", requires=["keel>=1"], scripts="hull=hull:version")
    changed = backend.model_copy(update={"install": install_settings(timeout=150, layer_mb=64, layer_files=2000)})
    async with open_sandboxes(changed, tmp_path, tools=()) as plain:
        sandboxes = await plain.install(Dependencies(python="hull"))
        again = await plain.install(Dependencies(python="hull"))
        assert (again.layers, again.launcher) == (sandboxes.layers, sandboxes.launcher)
        sandbox = await sandboxes.open()
        fork = await sandbox.fork()
        for box in (sandbox, fork):
            script = "import hull, keel; print(hull.__file__)"
            assert (await box.exec(Command(("python3", "-c", script)))).stdout.text == "/opt/slipway/python/hull.py\n"
            found = await box.exec(Command.shell("command -v hull"))
            assert found.stdout.text == "/opt/slipway/python/bin/hull\n"
            await box.close()


@pytest.mark.parametrize("kind", ["bubblewrap", "docker"])
async def test_a_shared_kernel_is_refused_where_it_must_not_be(
    chosen: Chosen, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    host = request.getfixturevalue("docker_host") if kind == "docker" else None
    strict = chosen(backend=kind, docker_host=host, require_kernel_isolation=True)
    async with open_sandboxes(strict, tmp_path, tools=(), ahead=0) as sandboxes:
        with pytest.raises(SandboxUnavailable, match=f"not enforced by {kind} here: kernel .*sandbox.runtime to runsc"):
            await sandboxes.open()


async def test_what_is_named_is_never_replaced(chosen: Chosen, tmp_path: Path, docker_host: str) -> None:
    """A person who asked for Docker, or for an image, must not get something else without a word."""
    nowhere = f"unix://{tmp_path}/nothing.sock"
    wrong: list[tuple[dict[str, object], str]] = [
        ({"backend": "docker", "docker_host": nowhere}, "no Docker Engine answers"),
        ({"backend": "auto", "docker_host": nowhere}, "no Docker Engine answers"),
        ({"backend": "docker", "docker_host": docker_host, "image": "none:such"}, "has no image 'none:such'"),
        ({"backend": "auto", "docker_host": docker_host, "image": "none:such"}, "has no image 'none:such'"),
        ({"backend": "docker", "docker_host": docker_host, "runtime": "none"}, "has no runtime 'none'"),
    ]
    for changes, said in wrong:
        with pytest.raises(SandboxUnavailable, match=said):
            async with open_sandboxes(chosen(**changes), tmp_path, tools=()):
                pass


async def test_left_to_choose_it_says_what_it_chose(chosen: Chosen, tmp_path: Path, docker_host: str) -> None:
    said, caps = await probe(chosen(docker_host=docker_host), tmp_path)
    assert (said, caps.backend) == (f"docker at {docker_host}", "docker")
    said, caps = await probe(chosen(backend="bubblewrap"), tmp_path)
    assert (said, caps.backend) == ("bubblewrap, as sandbox.backend says", "bubblewrap")
