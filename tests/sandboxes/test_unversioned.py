from __future__ import annotations

from slipway.sandboxes import FakeSandbox, FileContent
from slipway.sandboxes.unversioned import Unversioned, outside


async def test_what_a_build_leaves_is_in_no_version() -> None:
    """It is there to be looked at, also in a fork, and in no snapshot."""
    sandbox = Unversioned(FakeSandbox(), ("dist", "docs/api"))
    files = ["dist/index.html", "dist/a/b.js", "docs/api/x.html", "docs/apis.md", "src/dist/a.js", "dist.py"]
    await sandbox.write({path: FileContent(b"x") for path in files})
    for each in (sandbox, await sandbox.fork()):
        assert sorted(await each.snapshot()) == ["dist.py", "docs/apis.md", "src/dist/a.js"]
        assert await each.read("dist/index.html") == b"x"
    assert outside((), await sandbox.snapshot()) == await sandbox.snapshot()
