"""The smallest project of each shipped pack goes through everything that a run's versions go through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slipway.checks import run_checks
from slipway.config import find_pack, load_settings, pack_names
from slipway.config.settings import CheckSettings
from slipway.graphs.kits import Kits
from slipway.sandboxes import Command, FileContent, open_sandboxes
from slipway.state import CheckReport

PYTHON = {"syntax", "lint", "types", "tests", "bandit", "semgrep"}
ALL = {"placeholders", "secrets", "conventions"}
PROVES = {
    "fastapi-sqlite": ALL | PYTHON | {"audit", "coverage", "entry", "imports", "starts"},
    "python-cli": ALL | PYTHON | {"audit", "coverage", "entry", "imports"},
    "static-web": ALL | (PYTHON - {"types"}) | {"js-syntax", "eslint", "starts", "browser"},
    "vite-react": ALL
    | {"js-syntax", "eslint", "typescript", "js-tests", "build", "semgrep", "audit", "starts", "browser"},
}
"""The checks that are about something in its template, by pack."""
ADVISORY = '{"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": "none-of-these"}, "versions": ["1"]}]}'


async def nowhere(pictures: Mapping[str, bytes]) -> None:
    """Pictures are of no use here."""


@asynccontextmanager
async def kits_with(cache_dir: Path, advisories: Path | None = None) -> AsyncIterator[Kits]:
    settings = load_settings(["sandbox.backend=bubblewrap"]).sandbox
    async with open_sandboxes(settings, cache_dir, ahead=0) as sandboxes:
        yield Kits(sandboxes, lambda sandbox: sandbox, CheckSettings(left_out=(), advisories=advisories), nowhere)


@pytest.fixture(scope="module", autouse=True)
def layers(cache_dir: Path) -> None:
    """What the packs' projects have is installed before a test begins, since a test reaches no registry."""

    async def make() -> None:
        async with kits_with(cache_dir) as kits:
            for name in pack_names():
                await kits.of(name)

    asyncio.run(make())


async def judged(
    cache_dir: Path, advisories: Path, pack: str, files: Mapping[str, bytes], build: str = ""
) -> CheckReport:
    async with kits_with(cache_dir, advisories) as kits:
        kit = await kits.of(pack)
        sandbox = await kit.sandbox()
        await sandbox.write({path: FileContent(data) for path, data in files.items()})
        if build:
            assert (await sandbox.exec(Command.shell(build, timeout=120))).ok
        assert (await sandbox.snapshot()).keys() == files.keys()
        report = await run_checks(kit.checks, sandbox, "template")
        await sandbox.close()
    return report


NOTES = """import pytest

from app.commands import main


def test_c1_a_note_is_added(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["app", "add", "milk"])
    assert main() == 0
    assert capsys.readouterr().out == "added milk\\n"
"""


async def test_what_python_cli_allows_is_there(cache_dir: Path, tmp_path: Path) -> None:
    """A program on click starts, is tested and is delivered, since the pack's lock has it."""
    (tmp_path / "one.json").write_text(ADVISORY)
    pack = find_pack("python-cli")
    [clicking] = [each for each in pack.passing if each.name == "argparse-or-click"]
    program = b"from app.commands import main\n\nraise SystemExit(main())\n"
    files = {**pack.project(clicking), "app/__main__.py": program, "tests/test_commands.py": NOTES.encode()}
    report = await judged(cache_dir, tmp_path, "python-cli", files)
    assert (report.findings, report.green) == ((), True)
    assert "tests/test_commands.py::test_c1_a_note_is_added" in [test.id for test in report.tests]


@pytest.mark.parametrize("name", pack_names())
async def test_a_template_passes_the_whole_gate(cache_dir: Path, tmp_path: Path, name: str) -> None:
    """After a build, too: what that leaves belongs to no version."""
    pack = find_pack(name)
    (tmp_path / "one.json").write_text(ADVISORY)
    report = await judged(cache_dir, tmp_path, name, pack.template, pack.commands.build)
    told = {each.check: (each.status, each.reason, each.findings) for each in report.results}
    passed = dict.fromkeys(PROVES[name], ("passed", "", ()))
    assert {check: said for check, said in told.items() if said[0] != "not_applicable"} == passed
