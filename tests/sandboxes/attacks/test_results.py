"""Attacks by what a command is given and what it says: sizes, characters, terminals."""

from __future__ import annotations

import unicodedata

import pytest

from slipway.sandboxes import Command, FileContent, Sandbox, SandboxRefusal

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def works(sandbox: Sandbox) -> bool:
    return (await sandbox.exec(Command(("echo", "still here")))).stdout.text == "still here\n"


async def test_a_line_of_100_mb_is_kept_short(sandbox: Sandbox) -> None:
    """
    item = "endless and 100 MB-line output"
    tries = "one line of 100 MB on each stream"
    safe = "head and tail are kept, and the true size"
    """
    program = "import os\nfor _ in range(100):\n    os.write(1, b'x' * 1_000_000); os.write(2, b'y' * 1_000_000)"
    result = await sandbox.exec(Command(("python3", "-c", program), timeout=60))
    found = [(len(stream.data), set(stream.data), stream.size) for stream in (result.stdout, result.stderr)]
    assert (result.exit_code, found) == (0, [(65536, {120}, 100_000_000), (65536, {121}, 100_000_000)])
    assert result.stdout.text.endswith("bytes in the middle were dropped]")


async def test_arguments_and_variables_without_measure(sandbox: Sandbox) -> None:
    """
    item = "huge argv"
    tries = "arguments and variables of megabytes, from the framework itself, with what no argument may hold"
    safe = "a result that says so, or a refusal; the sandbox goes on"
    """
    word = "x" * 100_000
    assert (await sandbox.exec(Command(("true", "x" * 200_000)))).exit_code == 126
    assert (await sandbox.exec(Command(("true", *[word] * 30)))).exit_code == 126
    assert (await sandbox.exec(Command(("true",), env={f"V{n}": word for n in range(30)}))).exit_code == 126
    for bad in (Command(("true", *[word] * 100)), Command(("true", "a\0b")), Command(("true", "\ud800")), Command(())):
        with pytest.raises(SandboxRefusal):
            await sandbox.exec(bad)
    assert await works(sandbox)


async def test_a_command_that_eats_its_stdin_slowly_or_not_at_all(sandbox: Sandbox) -> None:
    """
    item = "endless and 100 MB-line output"
    tries = "five megabytes for a command that reads none of it, and for one that reads all"
    safe = "neither waits for ever"
    """
    flood = bytes(5_000_000)
    assert (await sandbox.exec(Command(("true",), stdin=flood))).ok
    assert (await sandbox.exec(Command(("wc", "-c"), stdin=flood))).stdout.text == "5000000\n"


ESCAPES = {
    "a title": b"\033]0;owned\007plain",
    "a clear screen": b"\033[2J\033[Hplain",
    "a clipboard": b"\033]52;c;b3duZWQ=\033\\plain",
    "a report": b"\033[6n\033[cplain",
    "one byte": b"\302\2332Jplain\302\235",
    "a link": b"\033]8;;http://evil/\033\\plain\033]8;;\033\\",
    "backspaces": b"evil\b\b\b\bplain",
    "returns": b"evil\rplain",
    "right to left": "\u202eplain\u202c\u2066x\u2069".encode(),
    "invisible words": "plain\U000e0041\U000e0042\u200b\u200d\ufeff".encode(),
    "a device string": b"\033P+q544e\033\\plain",
    "halves": b"\xed\xa0\x80plain\xff\xfe",
}


@pytest.mark.parametrize("name", ESCAPES)
async def test_what_it_prints_cannot_steer_a_terminal(sandbox: Sandbox, name: str) -> None:
    """
    item = "escape sequences"
    tries = "titles, clipboards, reports, links, cursor movements, bidirectional and invisible text"
    safe = "the bytes are kept as they are; the text for readers holds no control and no format characters"
    """
    await sandbox.write({"said": FileContent(ESCAPES[name])})
    result = await sandbox.exec(Command.shell("cat said; cat said >&2"))
    assert (result.stdout.data, result.stderr.data) == (ESCAPES[name], ESCAPES[name])
    for text in (result.stdout.text, result.stderr.text):
        assert "plain" in text
        assert [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c not in "\n\t"] == []


async def test_errors_that_quote_a_name_cannot_steer_a_terminal_either(sandbox: Sandbox) -> None:
    """
    item = "escape sequences"
    tries = "names with escape sequences that come back in the messages of refusals"
    safe = "quoted"
    """
    evil = "a\033]0;owned\007b\u202e"
    for path in (evil, f"{evil}/x", f"/{evil}", f"../{evil}"):
        with pytest.raises(SandboxRefusal) as refused:
            await sandbox.read(path)
        assert [c for c in str(refused.value) if unicodedata.category(c) in ("Cc", "Cf")] == []
    result = await sandbox.exec(Command((evil,)))
    assert "\033" not in result.stderr.text


async def test_output_that_is_no_text(sandbox: Sandbox) -> None:
    """
    item = "non-UTF-8"
    tries = "every byte there is, and sequences that are cut off where the head ends and the tail begins"
    safe = "the bytes arrive; the text view has replacement characters"
    """
    result = await sandbox.exec(Command(("python3", "-c", "import os; os.write(1, bytes(range(256)) * 600)")))
    assert (len(result.stdout.data), result.stdout.size) == (65536, 153600)
    assert "\ufffd" in result.stdout.text
    cut = "import os; os.write(1, b'a' + '\u20ac'.encode() * 60000)"
    assert (await sandbox.exec(Command(("python3", "-c", cut)))).stdout.text.startswith("a\u20ac\u20ac")
