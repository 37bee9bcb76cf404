"""Patterns come from a model: a wrong one, or one that never ends, is told to it and ends nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.sandboxes import FakeSandbox, FileContent, Sandbox
from slipway.sandboxes.fake import Returned

Ask = Callable[..., Awaitable[str]]


@pytest.fixture
async def ask(real: Sandbox, ask_on: Callable[[Sandbox], Ask]) -> Ask:
    """Tools over a small project in a real sandbox."""
    await real.write({
        "tally/a.py": FileContent(b"import re\n\ndef parse(text):\n    return text\n"),
        "tally/b.py": FileContent(b"from tally.a import parse\n"),
        "tally.md": FileContent(b"parse it\n"),
        "data.bin": FileContent(b"parse \xff\n"),
        "__pycache__/x.py": FileContent(b"parse\n"),
    })  # fmt: skip
    return ask_on(real)


async def test_lines_that_match_come_with_their_place(ask: Ask) -> None:
    assert await ask("search", pattern=r"\bparse\b") == (
        "tally.md:1: parse it\ntally/a.py:3: def parse(text):\ntally/b.py:1: from tally.a import parse\n"
        "[3 lines match]\n"
    )
    assert await ask("search", pattern="nothing like it") == "[0 lines match]\n"


@pytest.mark.parametrize("path", ["tally/b.py", "./tally/b.py", "/workspace/tally/b.py"])
async def test_one_file_is_searched(ask: Ask, path: str) -> None:
    """A path that is not understood must not look like a search that found nothing."""
    assert await ask("search", pattern="parse", path=path) == (
        "tally/b.py:1: from tally.a import parse\n[1 lines match]\n"
    )


@pytest.mark.parametrize("path", ["tally", "tally/", "./tally", "/workspace/tally"])
async def test_one_folder_is_searched(ask: Ask, path: str) -> None:
    assert await ask("search", pattern="^def|^from", path=path) == (
        "tally/a.py:3: def parse(text):\ntally/b.py:1: from tally.a import parse\n[2 lines match]\n"
    )


async def test_an_invalid_pattern_is_refused_with_what_is_wrong(ask: Ask) -> None:
    text = await ask("search", pattern="(a")
    assert text.startswith("refused: the pattern '(a' cannot be searched for: ")
    assert text.endswith("missing ), unterminated subpattern at position 0")


async def test_what_is_found_is_bounded_and_safe_to_show(real: Sandbox, ask: Ask) -> None:
    """A line of a file may be long, many, or full of terminal escapes."""
    lines = "".join(f"hit {number:03} \x1b[31m\u202e{'x' * 500}\n" for number in range(150))
    await real.write({"many.txt": FileContent(lines.encode())})
    found = (await ask("search", pattern="hit", path="many.txt")).splitlines()
    shown = [f"hit {number:03} [31m{'x' * (300 - 14)}" for number in range(100)]
    assert found == [
        *(f"many.txt:{number}: {line}" for number, line in enumerate(shown, 1)),
        "[150 lines match]",
    ]


async def test_a_pattern_that_does_not_end_is_refused(ask_on: Callable[[Sandbox], Ask]) -> None:
    """`(a+)+$` takes longer than the universe has; that such a program is killed is for the sandbox's own tests."""
    sandbox = FakeSandbox({"python": lambda call: Returned(seconds=1e9)})
    assert await ask_on(sandbox)("search", pattern="(a+)+$") == (
        "refused: the pattern '(a+)+$' cannot be searched for: took too long"
    )
    [command] = sandbox.commands
    assert command.timeout <= 30
