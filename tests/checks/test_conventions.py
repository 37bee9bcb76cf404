"""A project follows its pack, whatever it says to the tools that look; a check that could not look is no pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Conventions, Subject, result_of
from slipway.checks.signatures import signature
from slipway.config import Pack, find_pack
from slipway.config.pack import Rule, SemgrepRule
from slipway.sandboxes import ANALYSIS, FileContent, open_sandbox
from slipway.state import CheckResult, Finding

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

RULE = """id: {id}
language: python
severity: {severity}
message: {message}
note: "say it otherwise"
rule:
  pattern: {pattern}
"""


def rule(name: str, pattern: str, severity: str = "error", message: str = "not so") -> Rule:
    text = RULE.format(id=name, severity=severity, pattern=pattern, message=message)
    return Rule.model_validate(
        {"id": name, "language": "python", "severity": severity, "message": message, "note": "say it otherwise",
         "text": text}
    )  # fmt: skip


def pack(*rules: Rule, **fields: object) -> Pack:
    common = {
        "name": "p", "version": 1, "summary": "s", "languages": ["python", "javascript", "html"], "rules": rules,
        "instructions": "i", "template": {}, "passing": (), "failing": (), "digest": "d",
    }  # fmt: skip
    return Pack.model_validate({**common, **fields})


NO_EVAL = rule("no-eval", "eval($TEXT)", message="this runs $TEXT as code")


async def found(checked: Checked, pack: Pack, files: dict[str, str]) -> list[tuple[str | None, str | None, int | None]]:
    return [(each.rule, each.file, each.line) for each in (await checked(Conventions(pack), files)).findings]


async def test_a_finding_says_what_where_and_what_instead(checked: Checked) -> None:
    files = {"a.py": "x = 1\ny = eval(text)\n", "b.py": "x = len('')\n"}
    assert await checked(Conventions(pack(NO_EVAL)), files) == CheckResult(
        check="conventions",
        status="failed",
        findings=(
            Finding(
                check="conventions", rule="no-eval", file="a.py", line=2, message="this runs text as code",
                detail="y = eval(text)",
                hint="say it otherwise",
                signature=signature("conventions", "no-eval", "a.py", "this runs text as code"),
            ),
        ),
    )  # fmt: skip


async def test_what_follows_the_pack_passes(checked: Checked) -> None:
    assert await checked(Conventions(pack(NO_EVAL)), {"a.py": "x = 1\n"}) == CheckResult(
        check="conventions", status="passed"
    )


async def test_advice_is_told_and_fails_nothing(checked: Checked) -> None:
    result = await checked(Conventions(pack(rule("few-prints", "print($$$)", "warning"))), {"a.py": "print(1)\n"})
    assert (result.status, [each.rule for each in result.findings]) == ("passed", ["few-prints"])


@pytest.mark.parametrize("text", ["import " + "x" * 200_000 + "\n", "eval('" + "x" * 200_000 + "')\n"])
async def test_a_finding_is_told_however_long_it_is(checked: Checked, text: str) -> None:
    result = await checked(Conventions(pack(NO_EVAL)), {"a.py": text})
    assert (result.status, len(result.findings)) == ("failed", 1)


async def test_a_long_line_is_looked_at(checked: Checked) -> None:
    """A minified file is one line, with which each of its matches comes."""
    result = await checked(Conventions(pack(NO_EVAL)), {"a.py": "eval(x);" * 5_000 + "\n"})
    assert [(each.rule, each.line) for each in result.findings] == [("no-eval", 1)]


async def test_much_advice_hides_no_error(checked: Checked) -> None:
    """What is told is bounded, and one error that is left out would be a pass."""
    files = {"a.py": ("print('" + "x" * 500 + "')\n") * 2000, "b.py": "eval(x)\n"}
    result = await checked(Conventions(pack(NO_EVAL, rule("few-prints", "print($$$)", "warning"))), files)
    assert (result.status, result.findings[0].rule, result.findings[-1].rule) == ("failed", "no-eval", "few-prints")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sgconfig.yml", "ruleDirs: []\n"),
        (".gitignore", "*\n"),
        (".ignore", "*.py\n"),
        ("json.py", "raise SystemExit(0)\n"),
        ("ast_grep.py", "raise SystemExit(0)\n"),
    ],
)
async def test_the_project_cannot_soften_it(checked: Checked, file: str, text: str) -> None:
    """The cheapest way to follow a rule is that nobody looks."""
    files = {file: text, "a.py": "eval(x)\n", ".hidden/b.py": "eval(x)\n"}
    assert await found(checked, pack(NO_EVAL), files) == [("no-eval", ".hidden/b.py", 1), ("no-eval", "a.py", 1)]


async def test_a_comment_that_looks_away_is_found(checked: Checked) -> None:
    files = {"a.py": "# ast-grep-ignore\neval(x)\n", "b.html": "<p>\n<!-- ast-grep-ignore: x -->\n"}
    assert await found(checked, pack(NO_EVAL), files) == [("suppressed", "a.py", 1), ("suppressed", "b.html", 2)]


async def test_what_ast_grep_would_pass_over_in_silence_is_found(checked: Checked) -> None:
    files = {"a.py": "eval(x)\n" + "#\n" * (1 << 20)}
    assert ("unread", "a.py", 1) in await found(checked, pack(NO_EVAL), files)


@pytest.mark.parametrize("path", ["-x.py", "--config=x.py", "a b.py", "é.py"])
async def test_odd_names_are_names(checked: Checked, path: str) -> None:
    assert await found(checked, pack(NO_EVAL), {path: "eval(x)\n"}) == [("no-eval", path, 1)]


async def test_very_many_places_are_a_report_all_the_same(checked: Checked) -> None:
    result = await checked(Conventions(pack(NO_EVAL)), {"a.py": ("eval('" + "x" * 500 + "')\n") * 2000})
    assert (result.status, 20 < len(result.findings) < 200) == ("failed", True)


PYTHON = {"dependencies": {"python": {"allowed": [{"name": "pyyaml", "modules": ["yaml"]}], "provided": ["pytest"]}}}


async def test_modules_that_nothing_declares(checked: Checked) -> None:
    """A module that is not there is noticed when it is imported; one that happens to be there is not."""
    files = {
        "requirements.txt": "pyyaml\n",
        "app/__init__.py": "",
        "app/a.py": "import json, yaml.nodes\nfrom . import b\nimport app.b\nimport numpy as np\n",
        "app/b.py": "def f():\n    from PIL import Image\n    return __import__('attr'), Image\n",
        "src/lib/c.py": "import importlib\nimport lib, pytest\nimportlib.import_module('pip._internal')\n",
        "tests/helpers.py": "",
        "tests/test_a.py": "import helpers\nimport nowhere\n",
        "broken.py": "import (\n",
    }
    assert await found(checked, pack(**PYTHON), files) == [
        ("import-undeclared", "app/a.py", 4),
        ("import-undeclared", "app/b.py", 2),
        ("import-undeclared", "app/b.py", 3),
        ("import-undeclared", "src/lib/c.py", 3),
        ("import-undeclared", "tests/test_a.py", 2),
    ]


async def test_packages_of_scripts_that_nothing_declares(checked: Checked) -> None:
    fields = {"dependencies": {"node": {"allowed": [{"name": "react"}, {"name": "@a/b"}]}}}
    files = {
        "package.json": '{"dependencies": {"react": "^19", "@a/b": "1"}}',
        "a.js": "import x from 'react/jsx';\nimport './b.js';\nimport fs from 'node:fs';\nexport * from \"left-pad\";\n"
        "const y = require('@a/b/c'), z = await import('@a/c');\nconst text = 'vue';\nf('vue', import.meta.url);\n",
        "b.html": "<script type='module'>\nimport { h } from 'preact';\n</script>\n",
        "c.ts": "import type { A } from 'zod';\n",
    }
    assert await found(checked, pack(**fields), files) == [
        ("import-undeclared", "a.js", 4),
        ("import-undeclared", "a.js", 5),
        ("import-undeclared", "b.html", 2),
        ("import-undeclared", "c.ts", 1),
    ]


async def test_layout_dependencies_and_rules_are_one_result(checked: Checked) -> None:
    files = {"README.md": "x", "a.py": "eval(x)\n", "requirements.txt": "requests\n", "b.py": "import requests\n"}
    layout = {"allowed": [{"path": "*.py", "reason": "r"}, {"path": "*.txt", "reason": "r"}]}
    assert await found(checked, pack(NO_EVAL, layout=layout, **PYTHON), files) == [
        ("layout-not-allowed", "README.md", None),
        ("dependency-not-allowed", "requirements.txt", 1),
        ("no-eval", "a.py", 1),
    ]


async def test_a_rule_that_ast_grep_does_not_understand_is_no_pass(checked: Checked) -> None:
    broken = rule("no-eval", "eval($$$)").model_copy(
        update={"text": RULE.format(id="no-eval", severity="error", message="m", pattern="x\n  kind: nope")}
    )
    result = await checked(Conventions(pack(broken)), {"a.py": "eval(x)\n"})
    assert result.status == "not_run"
    assert result.reason.startswith("ast-grep ended with 8: Error: Cannot parse rule rules/no-eval.yml")
    assert "Kind `nope` is invalid" in result.reason


FLOW = SemgrepRule(
    id="no-eval-of-input", languages=("python",), severity="error", message="m", note="n",
    rule={
        "id": "no-eval-of-input", "languages": ["python"], "severity": "ERROR", "message": "input is run",
        "metadata": {"hint": "read it"}, "mode": "taint", "pattern-sources": [{"pattern": "input(...)"}],
        "pattern-sinks": [{"pattern": "run(...)"}],
    },
)  # fmt: skip


async def test_what_semgrep_finds_is_told_with_the_rest(judged: Checked) -> None:
    """As the pack's, whatever the project says to semgrep; in tests it is advice."""
    text = "def f():\n    text = input()\n    run(text)  # nosemgrep\n"
    files = {"a.py": text + "    run('text')\n", "tests/test_a.py": text, ".semgrepignore": "*\n", "b.js": "run(1)\n"}
    check = Conventions(pack(NO_EVAL, semgrep=(FLOW,)))
    result = await judged(check, {**files, "c.py": "eval(text)\n"})
    assert [(each.rule, each.place, each.severity, each.hint, each.detail) for each in result.findings] == [
        ("no-eval", "c.py:1", "error", "say it otherwise", "eval(text)"),
        ("no-eval-of-input", "a.py:3", "error", "read it", "run(text)  # nosemgrep"),
        ("no-eval-of-input", "tests/test_a.py:3", "warning", "read it", "run(text)  # nosemgrep"),
    ]
    assert {each.check for each in result.findings} == {"conventions"}
    assert (await judged(check, {"a.py": "run('text')\n"})).status == "passed"


async def test_a_sandbox_without_semgrep_is_no_pass(checked: Checked) -> None:
    check = Conventions(pack(semgrep=(FLOW,)))
    assert await checked(check, {"a.py": "x = 1\n"}) == CheckResult(
        check="conventions", status="not_run", reason="semgrep is not in the sandbox; its layer `analysis` has it"
    )
    assert ANALYSIS in check.needs
    assert ANALYSIS not in Conventions(pack()).needs


async def test_a_glob_that_is_no_pattern_is_no_pass(checked: Checked) -> None:
    many = "{a,b}" * 8
    result = await checked(Conventions(pack(layout={"required": [{"path": many, "reason": "r"}]})), {"a.py": ""})
    assert result.status == "not_run"
    assert result.reason.startswith("the layout of the pack p: ")


async def test_a_sandbox_without_the_program_is_no_pass(cache_dir: Path) -> None:
    sandbox = await open_sandbox(cache_dir=cache_dir, tools=())
    try:
        await sandbox.write({"a.py": FileContent(b"x = 1\n")})
        result = await result_of(Conventions(find_pack("python-cli")), Subject(sandbox, await sandbox.snapshot()))
    finally:
        await sandbox.close()
    assert (result.status, result.reason) == ("not_run", "ast-grep is not in the sandbox; its toolchain has it")
