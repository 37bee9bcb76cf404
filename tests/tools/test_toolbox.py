"""What a model is told of its tools, and what it hears when it uses them wrongly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.sandboxes import FakeSandbox, FileContent, Sandbox, SandboxGone
from slipway.state import CheckReport, CheckResult, Finding, TestResult
from slipway.telemetry import Collector
from slipway.tools import CODING, EDIT_FILE, RUN, Checked, ToolRequest, Tools, describe

Ask = Callable[..., Awaitable[str]]
ToolsOn = Callable[[Sandbox], Tools]


def test_the_schema_of_an_edit() -> None:
    """Providers refuse schemas that they do not know; a change here is a change for every model."""
    assert EDIT_FILE.schema == {
        "type": "function",
        "function": {
            "name": "edit_file",
            "description": "Replace `old` by `new` in a file, or make several `edits`, all or none. `old` must be "
            "meant for one place only: copy it exactly, with as many lines around it as it takes.",
            "parameters": {
                "type": "object",
                "properties": {
                    "path": {"type": "string"},
                    "old": {"type": "string"},
                    "new": {"type": "string"},
                    "edits": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"old": {"type": "string"}, "new": {"type": "string"}},
                            "required": ["old", "new"],
                        },
                    },
                },
                "required": ["path"],
            },
        },
    }


def test_the_schema_of_a_command() -> None:
    assert RUN.schema == {
        "type": "function",
        "function": {
            "name": "run",
            "description": "Run a shell command at the root of the project. There is no network. Nothing that "
            "it starts outlives it.",
            "parameters": {
                "type": "object",
                "properties": {
                    "command": {"type": "string"},
                    "timeout": {"type": "number", "default": 60},
                },
                "required": ["command"],
            },
        },
    }


def test_every_tool_says_what_it_is_for(fake: FakeSandbox, tools_on: ToolsOn) -> None:
    told = {schema["function"]["name"]: schema["function"] for schema in tools_on(fake).schemas}
    assert list(told) == [
        "read_file", "write_file", "edit_file", "list_files", "search", "run", "run_checks", "report_problem",
    ]  # fmt: skip
    assert [name for name, tool in told.items() if not tool["description"].endswith(".")] == []


def test_what_may_change_files_is_marked(fake: FakeSandbox, tools_on: ToolsOn) -> None:
    """The journal repeats the edits of these tools and of no other."""
    tools = tools_on(fake)
    assert [tool.name for tool in CODING if tools.changes_files(tool.name)] == ["write_file", "edit_file", "run"]
    assert not tools.changes_files("no_such_tool")


async def test_an_unknown_tool_is_refused_with_those_there_are(
    fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]
) -> None:
    assert await ask_on(fake)("bash", command="ls") == (
        "refused: there is no tool 'bash'; there are read_file, write_file, edit_file, list_files, search, run, "
        "run_checks, report_problem"
    )


async def test_every_wrong_argument_is_named_at_once(fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    """One fault a turn would cost a turn a fault."""
    assert await ask_on(fake)("edit_file", path=1, edits=[{"old": ""}], text="x") == (
        "refused: the arguments of edit_file are wrong: path: Input should be a valid string; "
        "edits.0.old: String should have at least 1 character; edits.0.new: Field required; "
        "text: Extra inputs are not permitted"
    )


@pytest.mark.parametrize(
    "given",
    [{}, {"old": "a"}, {"new": "a"}, {"old": "a", "edits": [{"old": "a", "new": "b"}]}],
    ids=["nothing", "old alone", "new alone", "both"],
)
async def test_half_an_edit_is_none(
    fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask], given: dict[str, object]
) -> None:
    """Taken for an edit by nothing, a forgotten `new` would delete."""
    assert await ask_on(fake)("edit_file", path="a.py", **given) == (
        "refused: the arguments of edit_file are wrong: arguments: Value error, give `old` and `new`, or `edits`"
    )


async def test_a_refusal_is_a_span_with_its_kind(fake: FakeSandbox, tools_on: ToolsOn, collector: Collector) -> None:
    tools = tools_on(fake)
    await tools.call(ToolRequest("code/a", 0, "list_files", {}, "call-1"))
    await tools.call(ToolRequest("code/a", 1, "read_file", {"path": "a"}, "call-2"))
    told = [(span.name, dict(span.attributes or {})) for span in collector.spans]
    for _, attributes in told:
        assert attributes["gen_ai.conversation.id"] == "r"
    assert [(name, a["gen_ai.tool.call.id"], a.get("error.type")) for name, a in told] == [
        ("execute_tool list_files", "call-1", None),
        ("execute_tool read_file", "call-2", "SandboxRefusal"),
    ]


async def test_a_broken_sandbox_is_no_result(fake: FakeSandbox, tools_on: ToolsOn) -> None:
    """No model can act on it: it ends the step."""
    await fake.close()
    with pytest.raises(SandboxGone):
        await tools_on(fake).call(ToolRequest("code/a", 0, "read_file", {"path": "a"}))


async def test_a_problem_is_noted(fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    assert await ask_on(fake)("report_problem", problem="C1 and C2 disagree") == "noted; go on with what can be done"
    assert await ask_on(fake)("report_problem", problem="") == (
        "refused: the arguments of report_problem are wrong: problem: String should have at least 1 character"
    )
    assert await ask_on(fake)("report_problem", problem="x", kind="mood") == (
        "refused: the arguments of report_problem are wrong: kind: Input should be 'missing_fact', 'broken_tool', "
        "'contradictory_instruction' or 'other'"
    )


async def test_the_checks_are_told_as_text(real: Sandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    await real.write({"a.py": FileContent(b"print(y)\n")})
    lines = (await ask_on(real)("run_checks")).splitlines()
    assert lines == [
        "syntax, placeholders: passed",
        "lint: failed",
        "tests: not_run (the project has no test files)",
        "[lint] F821 a.py:1 Undefined name `y`",
        "[tests] did not run: the project has no test files",
    ]


def test_a_report_as_text() -> None:
    """The fixer and the coder see the same words for the same fault, and not more than they can use."""
    finding = Finding(
        check="tests", rule="t.py::test_a", file="t.py", line=3, message="assert 1 == 2", detail="x" * 2000 + "E   end",
        signature="tests:0",
    )  # fmt: skip
    tests = (TestResult(id="t.py::test_a", status="failed"), TestResult(id="t.py::test_b", status="passed"))
    results = (
        CheckResult(check="tests", status="failed", findings=(finding,), tests=tests, seconds=1.234),
        CheckResult(check="lint", status="not_run", reason="ruff is gone"),
    )
    assert describe(Checked(CheckReport(version="v", results=results))) == (
        "tests: failed, 1 of 2 tests passed\n"
        "lint: not_run (ruff is gone)\n"
        "[tests] t.py::test_a line 3 assert 1 == 2\n" + "x" * 1493 + "E   end"
    )


def test_old_faults_come_last_and_without_their_detail() -> None:
    """A model that reads of them in full would repair them; where there are many, not even their names matter."""
    found = [
        Finding(
            check="lint", rule="F401", file=f"{n}.py", line=1, message="unused", detail="import os", signature=f"s{n}"
        )
        for n in range(24)
    ]
    result = CheckResult(check="lint", status="failed", findings=tuple(found), seconds=1)
    old = frozenset(finding.signature for finding in found if finding.signature != "s23")
    leave = "(it was there before this run: leave it, unless your task is about it)"
    assert describe(Checked(CheckReport(version="v", results=(result,)), old)).splitlines() == [
        "lint: failed",
        "[lint] F401 23.py:1 unused", "import os",
        *[f"[lint] F401 {n}.py:1 unused {leave}" for n in range(20)],
        "and 3 more that were there before this run",
    ]  # fmt: skip
