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

PYTHON = {"syntax", "lint", "types", "tests", "bandit", "semgrep"}
ALL = {"placeholders", "secrets", "conventions"}
PROVES = {
    "fastapi-sqlite": ALL | PYTHON | {"audit", "entry", "imports", "starts"},
    "python-cli": ALL | PYTHON | {"audit", "entry", "imports"},
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


@pytest.mark.parametrize("name", pack_names())
async def test_a_template_passes_the_whole_gate(cache_dir: Path, tmp_path: Path, name: str) -> None:
    """After a build, too: what that leaves belongs to no version."""
    pack = find_pack(name)
    (tmp_path / "one.json").write_text(ADVISORY)
    async with kits_with(cache_dir, tmp_path) as kits:
        kit = await kits.of(name)
        sandbox = await kit.sandbox()
        await sandbox.write({path: FileContent(data) for path, data in pack.template.items()})
        if pack.commands.build:
            assert (await sandbox.exec(Command.shell(pack.commands.build, timeout=120))).ok
        assert (await sandbox.snapshot()).keys() == pack.template.keys()
        report = await run_checks(kit.checks, sandbox, "template")
        await sandbox.close()
    told = {each.check: (each.status, each.reason, each.findings) for each in report.results}
    passed = dict.fromkeys(PROVES[name], ("passed", "", ()))
    assert {check: said for check, said in told.items() if said[0] != "not_applicable"} == passed
