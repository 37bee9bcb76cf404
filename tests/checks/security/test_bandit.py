"""bandit's grave findings block, its taste does not, and no comment or setting of the project turns it off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.checks.security import Bandit
from slipway.sandboxes import FileContent, Sandbox
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

BAD = """import subprocess
import tempfile
import yaml


def f(x):
    subprocess.run(x, shell=True)
    yaml.load(x)
    tempfile.mktemp()
    assert x
"""


def told(result: CheckResult) -> list[tuple[str | None, int | None, str | None, str]]:
    return [(each.file, each.line, each.rule, each.severity) for each in result.findings]


async def test_what_is_grave_is_an_error_and_the_rest_is_told(judged: Judged) -> None:
    result = await judged(Bandit(), {"a.py": BAD})
    assert result.status == "failed"
    assert told(result) == [
        ("a.py", 7, "B602", "error"), ("a.py", 8, "B506", "error"), ("a.py", 9, "B306", "error"),
        ("a.py", 10, "B101", "warning"),
    ]  # fmt: skip
    right = "import subprocess\n\n\ndef f(x):\n    subprocess.run(['ls', x], check=True)\n"
    assert await judged(Bandit(), {"a.py": right}) == CheckResult(check="bandit", status="passed")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".bandit", "[bandit]\nskips: B602,B506,B306\nexclude: .\n"),
        ("bandit.yaml", "skips: [B602]\n"),
        ("pyproject.toml", "[tool.bandit]\nskips = ['B602']\nexclude_dirs = ['.']\n"),
        ("bandit.py", "raise SystemExit(0)\n"),
        ("json.py", "raise SystemExit(0)\n"),
        ("sitecustomize.py", "raise SystemExit(0)\n"),
    ],
)
async def test_the_projects_settings_and_modules_do_not_soften_it(judged: Judged, file: str, text: str) -> None:
    result = await judged(Bandit(), {file: text, "a.py": BAD})
    assert [each[2] for each in told(result) if each[3] == "error"] == ["B602", "B506", "B306"]


async def test_comments_do_not_hide_anything(judged: Judged) -> None:
    text = BAD.replace("shell=True)", "shell=True)  # nosec").replace("load(x)", "load(x)  # nosec B506")
    result = await judged(Bandit(), {"a.py": text})
    assert [each[2] for each in told(result) if each[3] == "error"] == ["B602", "B506", "B306"]


async def test_in_tests_nothing_is_an_error(judged: Judged) -> None:
    result = await judged(Bandit(), {"tests/test_a.py": BAD})
    assert (result.status, {each[3] for each in told(result)}) == ("passed", {"warning"})
    assert "B101" not in {each[2] for each in told(result)}


async def test_taste_blocks_nothing(judged: Judged) -> None:
    text = """import hashlib
import os
import pickle
import random
import subprocess
import urllib.request


def f(path, url):
    os.chmod(path, 0o755)
    subprocess.run(["ls", "/tmp/x"])
    random.random()
    urllib.request.urlopen(url)
    with open(path, "rb") as file:
        return hashlib.md5(file.read()).hexdigest(), pickle.load(file)
"""
    result = await judged(Bandit(), {"a.py": text})
    assert (result.status, {each.severity for each in result.findings}) == ("passed", {"warning"})


async def test_a_file_that_does_not_parse_is_another_checks_finding(judged: Judged) -> None:
    assert [each[2] for each in told(await judged(Bandit(), {"a.py": "x = (\n", "b.py": BAD}))][:1] == ["B602"]


async def test_without_the_tool_it_did_not_run(sandbox: Sandbox) -> None:
    await sandbox.write({"a.py": FileContent(b"x = 1\n")})
    result = await result_of(Bandit(), Subject(sandbox, await sandbox.snapshot()))
    assert (result.status, result.reason) == ("not_run", "bandit is not in the sandbox; its layer `analysis` has it")
