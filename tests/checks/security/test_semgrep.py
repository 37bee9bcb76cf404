"""Each rule of ours finds what it is for, and leaves what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.checks.security import Semgrep, read_rules, rules_of
from slipway.sandboxes import FileContent, Sandbox
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

EXAMPLES = {path.name: path.read_text() for path in sorted(Path(__file__).with_name("rules").iterdir())}


def expected(files: dict[str, str]) -> list[tuple[str, int, str]]:
    return sorted(
        (name, number, found[1])
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := re.search(r"expect: ([\w-]+)", line))
    )


def told(result: CheckResult) -> list[tuple[str | None, int | None, str | None]]:
    return sorted({(each.file, each.line, each.rule) for each in result.findings if each.severity == "error"})


async def test_every_rule_finds_its_lines_and_no_other(judged: Judged) -> None:
    result = await judged(Semgrep(), EXAMPLES)
    assert told(result) == expected(EXAMPLES)
    assert {each.rule for each in result.findings} == {
        rule["id"] for name in ("python.yml", "javascript.yml") for rule in rules_of(name)
    }
    assert all(each.hint for each in result.findings)
    assert await judged(Semgrep(), {"a.py": "x = 1\n"}) == CheckResult(check="semgrep", status="passed")


async def test_neither_comments_nor_lists_hide_anything(judged: Judged) -> None:
    files = {
        "a.py": "def f(x):\n    eval(x)  # nosemgrep\n    eval(x)  # nosem: code-from-text\n",
        ".semgrepignore": "*\n", ".gitignore": "*\n", "semgrep.yml": "rules: []\n", ".semgrep.yml": "rules: []\n",
        "json.py": "raise SystemExit(0)\n",
    }  # fmt: skip
    assert told(await judged(Semgrep(), files)) == [("a.py", 2, "code-from-text"), ("a.py", 3, "code-from-text")]


async def test_scripts_of_a_page_are_read_where_they_stand(judged: Judged) -> None:
    page = (
        "<p>eval(1)</p>\n<script>\nfunction f(a) {\n  eval(a);\n}\n</script>\n"
        '<script type="application/json">{"a": "eval(x)"}</script>\n<script type="module">eval(b)</script>\n'
    )
    files = {"page.html": page, "App.vue": "<script setup lang='ts'>\nconst a: string = b;\neval(a);\n</script>\n"}
    assert told(await judged(Semgrep(), files)) == [
        ("App.vue", 3, "js-code-from-text"), ("page.html", 4, "js-code-from-text"),
        ("page.html", 8, "js-code-from-text"),
    ]  # fmt: skip


async def test_what_cannot_be_parsed_is_told(judged: Judged) -> None:
    """A place that no rule has seen is not clean."""
    result = await judged(Semgrep(), {"a.js": "function ( { ]]\n", "b.py": "def f(x):\n    eval(x)\n"})
    assert told(result) == [("b.py", 2, "code-from-text")]
    assert [(each.file, each.rule) for each in result.findings if each.severity == "warning"][:1] == [
        ("a.js", "unread")
    ]


async def test_in_tests_it_is_advice(judged: Judged) -> None:
    result = await judged(Semgrep(), {"tests/test_a.py": "def f(x):\n    eval(x)\n"})
    assert (result.status, [each.severity for each in result.findings]) == ("passed", ["warning"])


async def test_a_line_with_a_key_is_not_repeated(judged: Judged) -> None:
    result = await judged(Semgrep(), {"a.py": "app.secret_key = 'Zx81-Qw77'\n"})
    assert [(each.rule, each.detail) for each in result.findings] == [("secret-key-in-text", "")]
    assert "Zx81" not in result.model_dump_json()


ROUTES = """from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()
router = APIRouter(dependencies=[Depends(require_user)])


@app.post("/notes")
def open_to_all(note: Note, db: Session = Depends(get_db)):  # everybody
    ...


@app.post("/notes/kept", dependencies=[Depends(require_key)])
def kept(note: Note): ...


@app.delete("/notes/{id}")
async def by_parameter(id: int, user: User = Depends(get_current_user)): ...


@app.put("/notes/{id}")
def by_annotation(id: int, user: Annotated[User, Depends(current_user)]): ...


@app.patch("/notes/{id}")
def by_alias(id: int, user: CurrentUser): ...


@router.post("/all")
def by_router(note: Note): ...


@app.post("/login")
def login(form: Form): ...


@app.get("/notes")
def read(): ...


@app.delete("/all")
async def also_open(): ...
"""


async def test_a_pack_may_demand_that_routes_ask_who_calls(judged: Judged) -> None:
    assert told(await judged(Semgrep(), {"a.py": ROUTES})) == []
    result = await judged(Semgrep(rules_of("authorisation.yml")), {"a.py": ROUTES})
    assert [(each.line, each.message) for each in result.findings] == [
        (7, "everybody may call `open_to_all`, which changes something"),
        (40, "everybody may call `also_open`, which changes something"),
    ]


async def test_a_rule_that_semgrep_refuses_is_no_pass(judged: Judged) -> None:
    broken = read_rules("rules: [{id: x, languages: [python], severity: ERROR, message: m, pattern: 'f(('}]")
    result = await judged(Semgrep(broken), {"a.py": "x = 1\n"})
    assert result.status == "not_run"
    assert "x" in result.reason
    with pytest.raises(ValueError, match="has a list `rules`"):
        read_rules("rules: []")


async def test_without_the_tool_it_did_not_run(sandbox: Sandbox) -> None:
    await sandbox.write({"a.py": FileContent(b"x = 1\n")})
    result = await result_of(Semgrep(), Subject(sandbox, await sandbox.snapshot()))
    assert (result.status, result.reason) == ("not_run", "semgrep is not in the sandbox; its layer `analysis` has it")


def test_what_tools_made_is_not_read() -> None:
    files = dict.fromkeys(("a.py", "b.min.js", "c.d.ts", "d.tsx", "e.css", "f.html"), "")
    assert list(Semgrep().inputs(files)) == ["a.py", "d.tsx", "f.html"]
