"""Known faults of dependencies are found by version, and where nobody can tell, nobody says that all is well."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.checks.security import DependencyAudit
from slipway.sandboxes import FileContent, Limits
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.layers import BASICS, ensure_toolset
from slipway.sandboxes.profile import PYTHON
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]


def record(name: str, ecosystem: str, package: str, *events: dict[str, str], **more: object) -> dict[str, object]:
    affected = {
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": name, "summary": f"{package} is broken", "affected": [affected], **more}


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    folder = tmp_path / "osv"
    folder.mkdir()
    records = [
        record("PY-1", "PyPI", "Fast_API", {"introduced": "0"}, {"fixed": "0.110.0"}),
        record("PY-2", "PyPI", "flask", {"introduced": "2.0"}, {"last_affected": "2.2.5"}),
        record("PY-3", "PyPI", "flask", {"introduced": "0"}, {"fixed": "9"}, withdrawn="2026-01-01T00:00:00Z"),
        record("JS-1", "npm", "left-pad", {"introduced": "1.0.0"}, {"fixed": "1.2.4"}),
        record("GO-1", "Go", "flask", {"introduced": "0"}),
    ]
    for each in records:
        (folder / f"{each['id']}.json").write_text(json.dumps(each))
    return folder


def told(result: CheckResult) -> list[tuple[str | None, int | None, str | None, str]]:
    return [(each.file, each.line, each.rule, each.hint) for each in result.findings]


async def test_a_version_with_a_known_fault_is_found(judged: Judged, advisories: Path) -> None:
    files = {
        "requirements.txt": "flask==2.1\nfast-api<0.100\n",
        "package.json": json.dumps({"dependencies": {"left-pad": "~1.2.0", "right-pad": "1.0.0"}}, indent=1),
        "web/package-lock.json": json.dumps({"packages": {"": {}, "node_modules/left-pad": {"version": "1.2.3"}}}),
    }
    result = await judged(DependencyAudit(advisories), files)
    assert result.status == "failed"
    assert told(result) == [
        ("package.json", 3, "JS-1", "ask for left-pad >= 1.2.4"),
        ("requirements.txt", 1, "PY-2", "no version mends it yet; do without flask"),
        ("requirements.txt", 2, "PY-1", "ask for fast-api >= 0.110.0"),
    ]
    fine = {
        "requirements.txt": "flask>=2.3\nfast-api>=0.90\n",
        "package.json": '{"dependencies": {"left-pad": "^1.0.0"}}',
    }
    assert await judged(DependencyAudit(advisories), fine) == CheckResult(
        check="audit", status="passed", blocking=False
    )


async def test_what_is_installed_counts_before_what_is_asked_for(
    cache_dir: Path, tmp_path: Path, advisories: Path
) -> None:
    layer = tmp_path / "layer"
    (layer / "flask-2.2.5.dist-info").mkdir(parents=True)
    sandbox = await open_bubblewrap(
        Limits(), [(await ensure_toolset(cache_dir), BASICS.place), (layer, PYTHON)]
    )  # fmt: skip
    await sandbox.write({"requirements.txt": FileContent(b"flask>=2\n")})
    result = await result_of(DependencyAudit(advisories), Subject(sandbox, await sandbox.snapshot()))
    await sandbox.close()
    assert [each.message for each in result.findings] == ["flask 2.2.5 has PY-2: flask is broken"]


async def test_without_advisories_it_says_so_and_blocks_nothing(judged: Judged, tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\n"}
    result = await judged(DependencyAudit(), files)
    assert (result.status, result.reason) == (
        "not_run",
        "no advisory database can be reached from here; name a folder of OSV records in the setting checks.advisories",
    )
    assert not DependencyAudit().blocking
    empty = await judged(DependencyAudit(tmp_path, blocking=True), files)
    assert (empty.status, "no OSV record" in empty.reason) == ("not_run", True)
    (tmp_path / "a.json").write_text("{")
    broken = await judged(DependencyAudit(tmp_path / "a.json"), files)
    assert (broken.status, "cannot be read as OSV records" in broken.reason) == ("not_run", True)


async def test_what_cannot_be_read_is_told(judged: Judged, advisories: Path) -> None:
    result = await judged(DependencyAudit(advisories), {"requirements.txt": "flask @ https://example.org/flask.whl\n"})
    assert [(each.rule, each.severity) for each in result.findings] == [("unreadable", "warning")]
    lock = await judged(DependencyAudit(advisories), {"package-lock.json": "{"})
    assert (lock.status, lock.reason[:27]) == ("not_run", "package-lock.json is no loc")
    assert DependencyAudit().inputs({"a.py": "", "uv.lock": "", "pyproject.toml": ""}) == ["pyproject.toml", "uv.lock"]
