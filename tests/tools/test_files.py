"""Most of what an agent does is reading and writing files: what is refused must say how to do it right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.sandboxes import FakeSandbox, FileContent, Sandbox
from slipway.state.text import quoted

Ask = Callable[..., Awaitable[str]]


@pytest.fixture
async def ask(fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]) -> Ask:
    """Tools over three files."""
    await fake.write({
        "src/a.py": FileContent(b"x = 1\ny = 1\n"),
        "src/b.sh": FileContent("echo grüße\r\n".encode(), executable=True),
        "locked.py": FileContent(b"assert True\n"),
        "data.bin": FileContent(b"\xff\x00"),
    })  # fmt: skip
    return ask_on(fake)


@pytest.mark.parametrize("path", ["src/a.py", "./src/a.py", "/workspace/src/a.py"])
async def test_the_ways_in_which_models_write_a_path(ask: Ask, fake: FakeSandbox, path: str) -> None:
    """Models have seen all three in command output; refusing two of them costs a turn each."""
    assert await ask("read_file", path=path) == "x = 1\ny = 1\n"
    assert await ask("edit_file", path=path, old="x = 1", new="x = 2") == "edited src/a.py"
    assert await ask("write_file", path=path, content="z = 3\n") == "wrote src/a.py (6 bytes)"
    assert await fake.read("src/a.py") == b"z = 3\n"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../x", "'../x' is not a path inside the project; give a relative path without '..'"),
        ("/etc/passwd", "'/etc/passwd' is not a path inside the project; give a relative path without '..'"),
        ("/workspace/../x", "'../x' is not a path inside the project; give a relative path without '..'"),
        ("src/../../x", "'src/../../x' is not a path inside the project; give a relative path without '..'"),
        ("", "'' is not a path inside the project; give a relative path without '..'"),
        ("lib/.git/config", "'lib/.git/config' is a path that a project may not hold; choose another name"),
        (".git/hooks/pre-commit", "'.git/hooks/pre-commit' is a path that a project may not hold; choose another name"),
        ("a\nb", "'a\\nb' is a path that a project may not hold; choose another name"),
    ],
)
@pytest.mark.parametrize(
    ("tool", "more"),
    [("read_file", {}), ("write_file", {"content": "x"}), ("edit_file", {"old": "a", "new": "b"})],
)
async def test_no_path_leads_out_of_the_project(
    ask: Ask, fake: FakeSandbox, tool: str, more: dict[str, str], path: str, why: str
) -> None:
    before = await fake.snapshot()
    assert await ask(tool, path=path, **more) == f"refused: {why}"
    assert await fake.snapshot() == before


async def test_what_may_not_be_written_is_refused_for_its_reason(ask: Ask, fake: FakeSandbox) -> None:
    assert await ask("write_file", path="locked.py", content="") == "refused: locked.py is locked; leave it"
    assert await ask("edit_file", path="./locked.py", old="True", new="1") == "refused: locked.py is locked; leave it"
    assert await ask("read_file", path="locked.py") == "assert True\n"


async def test_half_a_character_is_written_as_a_question_mark(ask: Ask, fake: FakeSandbox) -> None:
    """No encoding has a place for it; the rest of the file must not be lost with it."""
    assert await ask("write_file", path="a.py", content="x = 'ü\ud800'\n") == "wrote a.py (10 bytes)"
    assert await fake.read("a.py") == "x = 'ü?'\n".encode()
    assert await ask("edit_file", path="src/a.py", old="x = 1", new="x = '\udfff'") == "edited src/a.py"
    assert await fake.read("src/a.py") == b"x = '?'\ny = 1\n"


async def test_what_is_not_there_or_no_text_is_refused(ask: Ask) -> None:
    assert await ask("read_file", path="c.py") == "refused: 'c.py' does not exist"
    assert await ask("edit_file", path="c.py", old="a", new="b") == "refused: 'c.py' does not exist"
    assert await ask("read_file", path="src") == "refused: 'src' is a folder"
    assert await ask("read_file", path="data.bin") == "refused: data.bin is not a text file"
    assert await ask("edit_file", path="data.bin", old="a", new="b") == "refused: data.bin is not a text file"
    assert await ask("write_file", path="src", content="") == "refused: 'src' is a folder; give the path of a file"


async def test_a_long_file_is_cut_and_says_so(ask: Ask) -> None:
    """One generated file must not fill the model's window."""
    await ask("write_file", path="long.txt", content="ä" * 60_010)
    assert await ask("read_file", path="long.txt") == "ä" * 60_000 + "\n[10 more characters]"


async def test_an_edit_needs_exactly_one_occurrence(ask: Ask, fake: FakeSandbox) -> None:
    """Changing the wrong place of two breaks what worked."""
    before = await fake.snapshot()
    assert await ask("edit_file", path="src/a.py", old="= 1", new="= 2") == (
        "refused: `old` occurs 2 times in src/a.py, not once (lines 1, 2); give more lines around it"
    )
    assert await ask("edit_file", path="src/a.py", old="x  = 1", new="x = 2") == (
        "refused: `old` does not occur in src/a.py. The nearest are lines 1 to 1; `-` is what `old` says, `+` what the "
        "file says:\n" + quoted("src/a.py", "- 'x  = 1'\n+ 1: 'x = 1'") + "\nCopy the text exactly; where it has "
        "changed, read the file again"
    )
    assert await fake.snapshot() == before


async def test_occurrences_that_overlap_are_counted(ask: Ask) -> None:
    """Two of three closing braces are two places, not one."""
    await ask("write_file", path="a.c", content="}\n}\n}\n")
    assert await ask("edit_file", path="a.c", old="}\n}\n", new="}\n") == (
        "refused: `old` occurs 2 times in a.c, not once (lines 1, 2); give more lines around it"
    )


async def test_several_edits_are_made_or_none(ask: Ask, fake: FakeSandbox) -> None:
    """Half of a change that belongs together leaves a file that nobody wanted; the model hears which edit it was."""
    good, bad = {"old": "x = 1", "new": "x = 2"}, {"old": "z = 1", "new": "z = 2"}
    before = await fake.snapshot()
    assert (await ask("edit_file", path="src/a.py", edits=[good, bad])).startswith(
        "refused: edit 2 of 2: `old` does not occur in src/a.py."
    )
    assert await fake.snapshot() == before
    assert await ask("edit_file", path="src/a.py", edits=[good, {"old": "x = 2", "new": "x = 3"}]) == "edited src/a.py"
    assert await fake.read("src/a.py") == b"x = 3\ny = 1\n"


async def test_what_was_overlooked_is_told(ask: Ask, fake: FakeSandbox) -> None:
    """The model learns what the file really says, and a person who reads the trace, too."""
    await ask("write_file", path="a.py", content="if a:\n    b()\n    c()\n")
    told = await ask("edit_file", path="a.py", old="b()\nc()", new="b()\nif d:\n    c()")
    assert told == "edited a.py; at line 2 `old` fitted but for indentation"
    assert await fake.read("a.py") == b"if a:\n    b()\n    if d:\n        c()\n"


GAP = "# ... rest of the code unchanged ..."


async def test_code_that_was_left_out_is_not_written(ask: Ask, fake: FakeSandbox) -> None:
    """Nothing fills it in: the file would lose all that the line stands for."""
    before = await fake.snapshot()
    end = "nothing fills it in. Write all of it, or change only the lines that change with edit_file"
    assert await ask("write_file", path="src/a.py", content=f"x = 2\n    {GAP}\n") == (
        f"refused: line 2 of `content` stands for code that was left out: '{GAP}'; {end}"
    )
    assert await ask("edit_file", path="src/a.py", old="x = 1", new=f"x = 2\n{GAP}") == (
        f"refused: line 2 of `new` stands for code that was left out: '{GAP}'; {end}"
    )
    assert await fake.snapshot() == before
    await fake.write({"doc.py": FileContent(f"{GAP}\n".encode())})
    assert await ask("write_file", path="doc.py", content=f"{GAP}\nx = 1\n") == "wrote doc.py (43 bytes)"


async def test_an_edit_that_breaks_a_python_file_says_so(real: Sandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    """It is made: the next edit may complete it. Told at once, it costs no run of the checks."""
    ask = ask_on(real)
    await real.write({"a.py": FileContent(b"def f():\n    return (1)\n"), "a.txt": FileContent(b"(1)\n")})
    assert await ask("edit_file", path="a.py", old="(1)", new="(1") == (
        "edited a.py; the file was valid Python before, and is not now: line 2: '(' was never closed; repair that"
    )
    assert await ask("edit_file", path="a.py", old="(1", new="((1") == "edited a.py"  # it was broken before
    assert await ask("edit_file", path="a.py", old="((1", new="1") == "edited a.py"
    assert await ask("edit_file", path="a.txt", old="(1)", new="(1") == "edited a.txt"


async def test_an_edit_changes_nothing_else(ask: Ask, fake: FakeSandbox) -> None:
    """A script that lost its executable bit, or its line ends, no longer starts."""
    assert await ask("edit_file", path="src/b.sh", old="grüße", new="ok") == "edited src/b.sh"
    assert await fake.read("src/b.sh") == b"echo ok\r\n"
    assert {path: ref.executable for path, ref in (await fake.snapshot()).items()} == {
        "data.bin": False, "locked.py": False, "src/a.py": False, "src/b.sh": True,
    }  # fmt: skip


async def test_a_file_that_is_replaced_stays_executable(ask: Ask, fake: FakeSandbox) -> None:
    """Agents replace whole files far more often than they edit them."""
    await ask("write_file", path="src/b.sh", content="echo\n")
    assert (await fake.snapshot())["src/b.sh"].executable


@pytest.mark.parametrize("path", [".", "", "./", "/workspace", "/workspace/"])
async def test_the_whole_project_is_listed(ask: Ask, path: str) -> None:
    assert await ask("list_files", path=path) == "data.bin\nlocked.py\nsrc/a.py\nsrc/b.sh"


@pytest.mark.parametrize("path", ["src", "./src", "/workspace/src", "src/"])
async def test_one_folder_is_listed(ask: Ask, path: str) -> None:
    assert await ask("list_files", path=path) == "src/a.py\nsrc/b.sh"


async def test_nothing_to_list_is_no_refusal(ask: Ask) -> None:
    assert await ask("list_files", path="doc") == "no files"
    assert await ask("list_files", path="sr") == "no files"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("write_file", {"path": "a.py", "content": "\ud800"}),
        ("write_file", {"path": "\ud800", "content": "a"}),
        ("edit_file", {"path": "src/a.py", "old": "\ud800", "new": "a"}),
        ("edit_file", {"path": "src/a.py", "old": "x = 1", "new": "\ud800"}),
        ("read_file", {"path": "\ud800"}),
        ("list_files", {"path": "\ud800"}),
        ("search", {"pattern": "\ud800"}),
        ("run", {"command": "echo \ud800"}),
        ("report_problem", {"problem": "\ud800"}),
        ("\ud800", {}),
    ],
)
async def test_half_a_character_ends_no_run(ask: Ask, tool: str, arguments: dict[str, str]) -> None:
    """JSON can carry half a surrogate pair, and a model may send it: whatever comes of it can be told to the model."""
    assert (await ask(tool, **arguments)).encode()
