"""What is delivered has to start: tests import modules one by one, and never see that the program itself falls over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Syntax, run_checks
from slipway.checks.entry import EntryPoints
from slipway.sandboxes import FileContent, Sandbox
from slipway.state import CheckResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

GOOD = {
    "app/__init__.py": "",
    "app/__main__.py": "import sys\n\nfrom app.cli import main\n\nsys.exit(main())\n",
    "app/cli.py": "import argparse\n\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n    return 0\n",
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n\n[project.scripts]\napp = "app.cli:main"\n',
}
PASSED = CheckResult(check="entry", status="passed")


@pytest.mark.parametrize(
    "files",
    [
        GOOD,
        {f"src/{path}" if path.startswith("app") else path: text for path, text in GOOD.items()},
        # Whoever knows no --help, or serves for ever, has started.
        {**GOOD, "app/cli.py": "def main():\n    return 2\n"},
        {**GOOD, "app/cli.py": "import sys\n\n\ndef main():\n    sys.exit('usage: app FILE')\n"},
        {"tool.py": "raise SystemExit(1)\n", "pyproject.toml": ""},
        {**GOOD, "app/cli.py": "import pytest\n\n\ndef main():\n    return pytest.ExitCode.OK\n"},
    ],
    ids=["plain", "below src", "no help", "usage", "no program", "what the sandbox provides"],
)
async def test_programs_that_start(checked: Checked, files: dict[str, str]) -> None:
    assert await checked(EntryPoints(), files) == PASSED


async def test_a_program_that_falls_over_is_named_with_the_line(checked: Checked) -> None:
    cli = "from app.amounts import cents\n\n\ndef main():\n    return cents\n"
    result = await checked(EntryPoints(), {**GOOD, "app/cli.py": cli, "app/amounts.py": "\nimport amountz\n"})
    said = "ends in ModuleNotFoundError: No module named 'amountz'"
    assert [(f.message, f.rule, f.file, f.line) for f in result.findings] == [
        (f"python -m app --help {said}", "app/__main__.py", "app/amounts.py", 2),
        (f"the command 'app' {said}", "pyproject.toml", "app/amounts.py", 2),
    ]
    assert result.status == "failed" and "app/cli.py" in result.findings[0].detail


@pytest.mark.parametrize(
    ("scripts", "message"),
    [
        (
            'app = "app.cli:start"',
            "the command 'app' ends in AttributeError: module 'app.cli' has no attribute 'start'",
        ),
        ('app = "app.cli"', "the command 'app' names no function; write it as module:function"),
        ("app = 1", "the command 'app' names no function; write it as module:function"),
        ("app = [", "pyproject.toml cannot be read: "),
    ],
)
async def test_a_command_that_pyproject_promises_has_to_be_there(checked: Checked, scripts: str, message: str) -> None:
    result = await checked(EntryPoints(), {**GOOD, "pyproject.toml": f"[project.scripts]\n{scripts}\n"})
    assert [(f.message[: len(message)], f.file) for f in result.findings] == [(message, "pyproject.toml")]


async def test_without_a_program_it_does_not_apply(sandbox: Sandbox) -> None:
    await sandbox.write({"money.py": FileContent(b"x = 1\n")})
    report = await run_checks([EntryPoints(), Syntax()], sandbox, "v")
    assert [(r.check, r.status) for r in report.results] == [("entry", "not_applicable"), ("syntax", "passed")]
