"""What generated code prints or writes may hold a key of ours, however it came by it; nothing of that gets out."""

from __future__ import annotations

import hashlib

from slipway.config import Secrets
from slipway.sandboxes import Command, FakeSandbox, FileContent, SandboxRefusal
from slipway.sandboxes.fake import Call, Returned
from slipway.sandboxes.masked import Masked
from slipway.state import FileRef

KEY = "sk-live-4711-abcdef"


def leak(call: Call) -> Returned:
    call.files["out.txt"] = FileContent(f"a {KEY} b".encode(), executable=True)
    call.files["fine.txt"] = FileContent(b"fine")
    return Returned(stdout=f"{KEY}\n".encode(), stderr=b"x " + KEY.encode())


def sandbox() -> Masked:
    return Masked(FakeSandbox({"leak": leak}), Secrets([KEY]))


async def test_what_commands_print_is_masked() -> None:
    result = await sandbox().exec(Command(("leak",)))
    assert (result.stdout.text, result.stderr.text) == ("***\n", "x ***")
    assert (result.stdout.size, result.stderr.size) == (4, 5)


async def test_a_file_that_a_command_wrote_is_masked_where_it_lies() -> None:
    """The digest of the snapshot is that of what is read: this becomes a version."""
    box = sandbox()
    await box.exec(Command(("leak",)))
    assert await box.read("out.txt") == b"a *** b"
    found = await box.snapshot()
    assert found["out.txt"] == FileRef(_digest(b"a *** b"), executable=True)
    assert await box.read("out.txt") == b"a *** b"
    assert (await (await box.fork()).read_many(["out.txt", "no"]))["out.txt"] == b"a *** b"
    assert isinstance((await box.read_many(["no"]))["no"], SandboxRefusal)


async def test_what_was_written_from_outside_stays_what_it_was() -> None:
    """The project of a person may hold a key; a run that did not touch that file must not change it."""
    box = sandbox()
    await box.write({"mine.env": FileContent(f"K={KEY}".encode())})
    assert (await box.snapshot())["mine.env"] == FileRef(_digest(f"K={KEY}".encode()))
    assert await box.read("mine.env") == f"K={KEY}".encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
