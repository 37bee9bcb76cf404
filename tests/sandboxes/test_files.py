"""What agents do all day. An edit in the wrong place breaks what worked; a search that never ends stops a run."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from slipway.sandboxes import Command, FakeSandbox, FileContent, Limits, Sandbox, SandboxRefusal
from slipway.sandboxes.fake import Returned
from slipway.sandboxes.files import Match, Matches, NotOnce, edit, glob, grep, put, read_text, write_text

from .conftest import of_kind

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECT = {
    "a.py": FileContent(b"import re\n\ndef parse(text):\n    return text\n"),
    "run.sh": FileContent(b"#!/bin/sh\r\necho one\r\necho two\r\n", executable=True),
    "src/app/main.py": FileContent(b"from a import parse\nparse('x')\n"),
    "src/.hidden.py": FileContent(b"parse\n"),
    "src/data.bin": FileContent(b"parse \xff\n"),
    "src/__pycache__/a.py": FileContent(b"parse\n"),
    "empty": FileContent(b""),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=["bubblewrap", "docker", "fake"])
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """Each kind of sandbox in turn, one for all tests here; see `project`."""
    async with of_kind(request, tmp_path_factory.mktemp("cache")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def project(shared: Sandbox) -> Sandbox:
    """A sandbox that holds PROJECT and nothing else, whatever a test before did to its files."""
    await shared.remove([entry.path for entry in await shared.entries(deep=True) if entry.kind != "folder"])
    await shared.write(PROJECT)
    held = await shared.snapshot()
    assert sorted(held) == sorted(path for path in PROJECT if "__pycache__" not in path)
    return shared


async def test_an_edit_replaces_what_occurs_once(project: Sandbox) -> None:
    assert await edit(project, "a.py", "text):\n    return text", "text: str) -> str:\n    return text") == 1
    assert await read_text(project, "a.py") == "import re\n\ndef parse(text: str) -> str:\n    return text\n"


async def test_an_edit_keeps_line_ends_and_the_executable_bit(project: Sandbox) -> None:
    """Models write LF whatever they read; a script that lost its bit no longer starts."""
    assert await edit(project, "run.sh", "one\necho two\n", "three\necho four\n") == 1
    assert await project.read("run.sh") == b"#!/bin/sh\r\necho three\r\necho four\r\n"
    assert (await project.stat("run.sh")).executable
    assert not (await project.stat("a.py")).executable


async def test_an_edit_everywhere_says_how_often(project: Sandbox) -> None:
    assert await edit(project, "a.py", "text", "t", everywhere=True) == 2
    assert await read_text(project, "a.py") == "import re\n\ndef parse(t):\n    return t\n"


@pytest.mark.parametrize(
    ("old", "count", "message"),
    [
        ("text", 2, "`old` occurs 2 times in a.py, not once; give more lines around it"),
        (
            "def  parse(text):",
            0,
            "`old` occurs 0 times in a.py, not once; read the file and copy the text exactly; "
            "line 3 is 'def parse(text):'",
        ),
        ("zzz", 0, "`old` occurs 0 times in a.py, not once; read the file and copy the text exactly"),
    ],
)
async def test_an_edit_that_is_not_clear_changes_nothing(project: Sandbox, old: str, count: int, message: str) -> None:
    """The refusal is what the model corrects itself by: the count, or the lines that it may have meant."""
    before = await project.snapshot()
    with pytest.raises(NotOnce) as refusal:
        await edit(project, "a.py", old, "new")
    assert (refusal.value.code, refusal.value.count, str(refusal.value)) == ("bad_request", count, message)
    assert await project.snapshot() == before


@pytest.mark.parametrize(
    ("path", "old", "code"),
    [
        ("none.py", "a", "file_not_found"),
        ("src", "a", "is_directory"),
        ("src/data.bin", "parse", "not_a_file"),
        ("../a.py", "a", "outside_workspace"),
        ("a.py", "", "bad_request"),
    ],
)
async def test_an_edit_of_what_is_no_text_is_refused(project: Sandbox, path: str, old: str, code: str) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        await edit(project, path, old, "b")
    assert refusal.value.code == code


async def test_occurrences_are_not_counted_for_ever() -> None:
    sandbox = FakeSandbox()
    await sandbox.write({"a": FileContent(b"a" * 5000)})
    with pytest.raises(NotOnce, match="occurs 1000 or more times"):
        await edit(sandbox, "a", "a" * 100, "b")


async def test_what_is_replaced_stays_executable(project: Sandbox) -> None:
    assert await write_text(project, "run.sh", "ü\ud800") == 3
    await put(project, "new", b"\xff")
    assert [(await project.stat(path)).executable for path in ("run.sh", "new")] == [True, False]
    assert [await project.read(path) for path in ("run.sh", "new")] == ["ü?".encode(), b"\xff"]


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("*", ".", ["a.py", "empty", "run.sh", "src"]),
        ("*.py", ".", ["a.py"]),
        ("**/*.py", ".", ["a.py", "src/.hidden.py", "src/app/main.py"]),
        ("src/**", ".", ["src/.hidden.py", "src/app", "src/app/main.py", "src/data.bin"]),
        ("src/*", ".", ["src/.hidden.py", "src/app", "src/data.bin"]),
        ("src/app/main.py", ".", ["src/app/main.py"]),
        ("*/main.py", "src", ["src/app/main.py"]),
        ("app/*", "src", ["src/app/main.py"]),
        ("app/", "./src/", ["src/app"]),
        ("**/__pycache__/*", ".", []),
        ("src/__pycache__/*", ".", []),
        ("none/*", ".", []),
        ("*", "none", []),
    ],
)
async def test_what_a_glob_finds(project: Sandbox, pattern: str, path: str, found: list[str]) -> None:
    assert [entry.path for entry in await glob(project, pattern, path)] == found


async def test_a_glob_can_leave_hidden_names_out(project: Sandbox) -> None:
    assert [e.path for e in await glob(project, "**/*.py", hidden=False)] == ["a.py", "src/app/main.py"]


@pytest.mark.parametrize("pattern", ["../*", "/etc/*", "src/../../*", "", "a/../b"])
async def test_a_glob_stays_below_its_folder(project: Sandbox, pattern: str) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        await glob(project, pattern)
    assert refusal.value.code == "bad_request"


on_those_with_programs = pytest.mark.parametrize("shared", ["bubblewrap", "docker"], indirect=True, scope="module")


@on_those_with_programs
async def test_a_search_tells_places(project: Sandbox) -> None:
    """Binary files and build output are no answers."""
    assert await grep(project, r"\bparse\b") == Matches(
        (
            Match("a.py", 3, "def parse(text):"),
            Match("src/.hidden.py", 1, "parse"),
            Match("src/app/main.py", 1, "from a import parse"),
            Match("src/app/main.py", 2, "parse('x')"),
        ),
        4,
    )
    assert await grep(project, "nothing") == Matches((), 0)
    assert await grep(project, "echo", "run.sh") == Matches(
        (Match("run.sh", 2, "echo one"), Match("run.sh", 3, "echo two")), 2
    )


@on_those_with_programs
@pytest.mark.parametrize(
    ("path", "chosen", "found"),
    [
        (".", "*.py", ["a.py", "src/.hidden.py", "src/app/main.py"]),
        (".", "src/*.py", ["src/.hidden.py"]),
        ("src", "*.py", ["src/.hidden.py", "src/app/main.py"]),
        ("src", "app/*", ["src/app/main.py"]),
        ("./src/", "app/*", ["src/app/main.py"]),
        ("src/app/main.py", None, ["src/app/main.py"]),
    ],
)
async def test_a_search_among_some_files(project: Sandbox, path: str, chosen: str | None, found: list[str]) -> None:
    matches = await grep(project, "parse", path, glob=chosen)
    assert list(dict.fromkeys(match.path for match in matches.found)) == found


@on_those_with_programs
async def test_a_search_for_a_text_takes_it_as_it_is(project: Sandbox) -> None:
    assert (await grep(project, "parse('x')", literal=True)).found == (Match("src/app/main.py", 2, "parse('x')"),)


@on_those_with_programs
async def test_a_search_that_finds_much_tells_how_much(project: Sandbox) -> None:
    """The model must know that it does not see all, whether lines are many or long."""
    await project.write(
        {"many": FileContent(b"hit\n" * 500), "long": FileContent(("ä" * 400 + "hit\n").encode() * 500)}
    )
    many = await grep(project, "hit", "many", most=3)
    assert many == Matches(tuple(Match("many", line, "hit") for line in (1, 2, 3)), 500)
    long = await grep(project, "hit", "long", most=500)
    assert long.total == 500
    assert 20 < len(long.found) < 200  # as many as the sandbox lets a command write
    assert long.found == tuple(Match("long", line, "ä" * 300) for line in range(1, len(long.found) + 1))


@on_those_with_programs
@pytest.mark.parametrize("pattern", ["(", "[a", "*"])
async def test_what_is_no_expression_is_refused_with_the_reason(project: Sandbox, pattern: str) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        await grep(project, pattern)
    assert refusal.value.code == "bad_request"
    assert "at position 0" in str(refusal.value)


@on_those_with_programs
async def test_names_are_no_program_text(project: Sandbox) -> None:
    """What a search is told comes from a model, the names from its programs."""
    name = "a'\"$(touch x);\\ü -rf.py"
    await project.write({name: FileContent(b"needle\n")})
    assert (await grep(project, "needle")).found == (Match(name, 1, "needle"),)
    assert "x" not in await project.snapshot()


async def test_a_search_that_does_not_end_is_ended() -> None:
    sandbox = FakeSandbox({"python": lambda call: Returned(seconds=1e9)})
    with pytest.raises(SandboxRefusal, match="took too long"):
        await grep(sandbox, "(a+)+$")
    assert [command.timeout for command in sandbox.commands] == [20.0]


async def test_a_folder_with_many_files_leaves_time_for_others() -> None:
    sandbox = FakeSandbox(limits=Limits())
    await sandbox.write({f"d/{number}.py": FileContent(b"") for number in range(3000)})
    assert len(await glob(sandbox, "d/*.py")) == 3000


@on_those_with_programs
async def test_a_search_while_a_command_runs_is_refused(project: Sandbox) -> None:
    async with await project.start(Command(("sleep", "60"))):
        with pytest.raises(SandboxRefusal) as refusal:
            await grep(project, "a")
    assert refusal.value.code == "busy"
