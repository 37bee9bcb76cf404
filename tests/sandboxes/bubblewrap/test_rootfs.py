"""A root file system of one's own instead of this machine's: what is not in it is not in the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from slipway.sandboxes import Command, FileContent, Limits, SandboxUnavailable
from slipway.sandboxes.bubblewrap import bubblewrap_launcher, open_bubblewrap

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


def copy_with_libraries(program: Path, root: Path) -> None:
    """The shared libraries of `program`, where a loader without a cache looks for them."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for word in said.split():
        library = Path(word)
        if library.is_absolute() and library.exists():
            folder = root / ("usr/lib64" if library.name.startswith("ld-linux-x86-64") else "usr/lib")
            shutil.copy(library, folder / library.name)


@pytest.fixture(scope="module")
def rootfs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The least that an agent needs: a Python, its libraries, and nothing else."""
    root = tmp_path_factory.mktemp("root")
    root.chmod(0o755)
    for parent in root.parents[:2]:
        parent.chmod(0o755)
    for folder in ("usr/bin", "usr/lib", "usr/lib64", "etc/ssl/certs"):
        (root / folder).mkdir(parents=True)
    for name in ("bin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    standard = Path(sysconfig.get_path("stdlib"))
    heavy = shutil.ignore_patterns("site-packages", "dist-packages", "test", "config-*", "idlelib", "__pycache__")
    shutil.copytree(standard, root / "usr/lib" / VERSION, ignore=heavy)
    program = root / "usr/bin" / VERSION
    shutil.copy(Path(sys.base_prefix) / "bin" / VERSION, program)
    (root / "usr/bin/python3").symlink_to(VERSION)
    for part in (Path(sys.base_prefix) / "bin" / VERSION, *standard.glob("lib-dynload/*.so")):
        copy_with_libraries(part, root)
    return root


async def test_it_is_all_that_a_sandbox_sees(rootfs: Path) -> None:
    sandbox = await open_bubblewrap(Limits(), rootfs=rootfs)
    look = """
import json, os, pwd, sys
print(json.dumps({
    'root': sorted(os.listdir('/')), 'programs': sorted(os.listdir('/usr/bin')), 'python': sys.executable,
    'user': pwd.getpwuid(os.getuid()).pw_name, 'writable': os.access('/usr/bin', os.W_OK),
}))
"""
    try:
        result = await sandbox.exec(Command(("python3", "-c", look)))
        assert result.ok, result.stderr.text
        assert json.loads(result.stdout.data) == {
            "root": ["bin", "dev", "etc", "home", "lib", "lib64", "opt", "proc", "tmp", "usr", "var", "workspace"],
            "programs": ["python3", VERSION],
            "python": "/opt/slipway/bin/python3",
            "user": "slipway",
            "writable": False,
        }
        assert (await sandbox.exec(Command(("sh", "-c", "true")))).exit_code == 127
        await sandbox.write({"a": FileContent(b"1")})
        fork = await sandbox.fork()
        assert await fork.read("a") == b"1"
        await fork.close()
    finally:
        await sandbox.close()


async def test_layers_are_there_as_well(rootfs: Path, tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "module.py").write_text("print('from the layer')")
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    launcher = await bubblewrap_launcher(Limits(), [(tmp_path / "layer", "/opt/slipway/layer")], rootfs=rootfs)
    sandbox = await launcher.open()
    result = await sandbox.exec(Command(("python3", "/opt/slipway/layer/module.py")))
    await sandbox.close()
    assert result.stdout.text == "from the layer\n"


async def test_one_without_python_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match=r"has no /usr/bin/python3, .*`mmdebstrap .*--include=python3"):
        await open_bubblewrap(Limits(), rootfs=tmp_path)
