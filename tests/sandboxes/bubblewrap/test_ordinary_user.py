"""Most who try this are no root. Their sandboxes are made in another way, and must be as tight and as exact."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, encodings.idna, json, os, subprocess, sys
from pathlib import Path
system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
if os.geteuid() == 0 and system.exists():
    sys.base_prefix = "/usr"  # ours may lie in root's home
from slipway.sandboxes import Command, FileContent, Limits, SandboxUnavailable
from slipway.sandboxes.bubblewrap import open_bubblewrap
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(54321, 54321, 54321)
    os.setresuid(54321, 54321, 54321)

async def main():
    try:
        sandbox = await open_bubblewrap(Limits(workspace_files=2000))
    except SandboxUnavailable as error:
        return {"unavailable": str(error)}
    await sandbox.write({"folder/file": FileContent(b"1")})
    fork = await sandbox.fork()
    renamed = await fork.exec(Command(("python3", "-c", "import os; os.rename('folder', 'moved')")))
    look = "import json, os; print(json.dumps([os.getuid(), os.access('/proc/sys/kernel/core_pattern', os.W_OK)]))"
    seen = await fork.exec(Command(("python3", "-c", look)))
    found = {
        "caps": sorted(sandbox.caps.enforced),
        "fork": sandbox.caps.offers["fork"].partition(":")[0],
        "renamed": renamed.exit_code,
        "files": [sorted(await one.snapshot()) for one in (sandbox, fork)],
        "inside": json.loads(seen.stdout.data),
    }
    await fork.close()
    await sandbox.close()
    return found

print(json.dumps(asyncio.run(main())))
"""


async def test_an_ordinary_user_gets_the_same(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, program, stdout=pipe, stderr=pipe, cwd="/")
    said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    found = json.loads(said)
    if "unavailable" in found and os.geteuid() != 0:
        pytest.skip(found["unavailable"])
    expected = {
        "disk", "file_size", "filesystem", "inodes", "memory", "network", "nothing_left", "pids", "processes",
        "seccomp", "uid",
    }  # fmt: skip
    assert found == {
        "caps": sorted(expected | ({"cpu"} & set(found["caps"]))),
        "fork": "a copy",
        "renamed": 0,
        "files": [["folder/file"], ["moved/file"]],
        "inside": [10001, False],
    }
