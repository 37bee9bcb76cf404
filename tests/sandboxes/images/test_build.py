"""The image of a sandbox: made without a registry, the same for those who have one, and nobody becomes root in it."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from slipway.config import load_settings
from slipway.sandboxes import Command, Limits, SandboxUnavailable
from slipway.sandboxes.docker import IMAGE, Engine, find_image, open_docker
from slipway.sandboxes.docker.engines import Facts
from slipway.sandboxes.images import Recipe, build, built
from slipway.sandboxes.images.build import RECIPE, SUITE
from slipway.sandboxes.profile import UID


async def test_what_is_in_it(engine: Engine) -> None:
    look = """
        import json, os, pwd, shutil, stat, sys
        wild = []
        for folder, folders, names in os.walk("/"):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/dev")]
            for name in names:
                status = os.lstat(os.path.join(folder, name))
                if stat.S_ISREG(status.st_mode) and status.st_mode & 0o6000:
                    wild.append(os.path.join(folder, name))
        print(json.dumps({
            "set-uid": wild, "user": pwd.getpwuid(os.getuid())[:], "tag": sys.implementation.cache_tag,
            "missing": [name for name in ("git", "pip", "python", "python3", "sh", "cc") if not shutil.which(name)],
            "python": os.path.realpath(shutil.which("python")),
            "certificates": os.path.exists("/etc/ssl/certs/ca-certificates.crt"),
        }))
    """
    sandbox = await open_docker(engine, Limits())
    result = await sandbox.exec(Command(("python3", "-c", dedent(look))))
    made = await sandbox.exec(Command.shell("python -c 'import ensurepip, venv' && pip --version && git init -q ."))
    await sandbox.close()
    image = await find_image(engine)
    assert json.loads(result.stdout.data) == {
        "set-uid": [], "user": ["slipway", "x", UID, UID, "", "/home/slipway", "/bin/sh"], "tag": image.python,
        "missing": ["cc"], "python": "/usr/bin/python3.11", "certificates": True,
    }  # fmt: skip
    assert made.ok, made
    config = (await engine.ask(engine.api.inspect_image, image.id))["Config"]
    assert (config.get("Cmd"), config.get("Entrypoint"), config.get("User")) == (None, None, "")


async def test_it_is_known_by_its_recipe(engine: Engine) -> None:
    recipe = Recipe()
    assert await built(engine, recipe) == (await find_image(engine)).id
    assert await built(engine, Recipe(node=True), name=recipe.name) is None
    assert await built(engine, Recipe(node=True)) is None
    assert recipe.digest != Recipe(node=True).digest


async def test_another_machine_makes_its_own(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    facts = Facts("riscv64", "6.1", 1, (), frozenset(), 0.0)
    monkeypatch.setattr(engine, "facts", facts)
    with pytest.raises(SandboxUnavailable, match="make the image there, or from the Dockerfile in"):
        await build(engine, Recipe(), cache_dir=tmp_path)


@pytest.mark.parametrize(("script", "said"), [(None, "mmdebstrap is missing"), ("echo broken; exit 3", "broken")])
async def test_what_goes_wrong_is_said(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, said: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if script is not None:
        (programs / "mmdebstrap").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "mmdebstrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(SandboxUnavailable, match=said):
        await build(engine, Recipe(), cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_both_ways_make_the_same() -> None:
    """The Dockerfile takes the lists and the last step that the other way takes; neither starts anything."""
    text = (RECIPE / "Dockerfile").read_text()
    steps = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert [step.split()[0] for step in steps] == ["FROM", "ARG", "COPY", "RUN", "LABEL", "CMD"]
    assert steps[0] == f"FROM debian:{SUITE}-slim"
    assert set(steps[2].split()[1:-1]) == {path.name for path in RECIPE.iterdir()} - {"Dockerfile"}
    assert steps[-1] == "CMD []"
    assert "python3-venv" in Recipe().packages and "npm" in Recipe(node=True).packages
    both = Recipe(node=True, browser=True)
    assert {"npm", "chromium"} < set(both.packages) and both.name == f"{IMAGE}-node-browser"
    assert f"--uid {UID} --gid {UID}" in (RECIPE / "finish.sh").read_text()


def test_the_settings_name_it() -> None:
    assert load_settings().sandbox.image == IMAGE == Recipe().name
