"""The corpus is what the gate is held to, so it has to say what it means; and its judge must not be a mild one."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

from planting.reading import CORPUS, BadCorpus, Project, corpus
from planting.report import complaints, shares
from planting.trying import Tried, try_all
from slipway.config import Settings, find_pack, load_settings, pack_names
from slipway.graphs.kits import Kits
from slipway.sandboxes import open_sandboxes
from slipway.state import CheckReport, CheckResult, Finding

PROJECTS = corpus()
TRIED = (
    "python-cli/clean/slugs",
    "python-cli/defects/undefined-name",
    "static-web/defects/inline-handler",
    "vite-react/defects/crash-at-mount",
)


@pytest.fixture(scope="module", autouse=True)
def layers(cache_dir: Path) -> None:
    """What the projects need is installed before a test begins, since a test reaches no registry."""

    async def make() -> None:
        settings = load_settings()
        async with open_sandboxes(settings.sandbox, cache_dir, ahead=0) as sandboxes:
            kits = Kits(sandboxes, lambda sandbox: sandbox, settings.checks)
            for pack in {name.partition("/")[0] for name in TRIED}:
                await kits.of(pack)

    asyncio.run(make())


def test_there_are_sixty_defects_and_forty_clean_projects() -> None:
    counts = Counter((project.pack, project.defect is not None) for project in PROJECTS)
    assert counts == {(pack, bad): 15 if bad else 10 for pack, _ in counts for bad in (True, False)}
    kinds = Counter(project.defect.kind for project in PROJECTS if project.defect)
    assert kinds["security"] >= 10
    assert kinds["browser"] >= 10
    for pack in ("python-cli", "fastapi-sqlite", "static-web"):
        assert sum(p.pack == pack and p.defect is not None and p.defect.kind == "security" for p in PROJECTS) >= 3


@pytest.mark.parametrize("project", [each for each in PROJECTS if each.defect], ids=lambda each: each.id)
def test_the_file_that_has_to_be_named_is_there(project: Project) -> None:
    assert project.defect is not None
    assert [path for path in project.files if fnmatch(path, project.defect.file)] != []


def test_clean_projects_are_their_own() -> None:
    """A copy of a template would prove nothing: none of a clean project's programs or pages is the template's."""
    for project in PROJECTS:
        if project.defect is None and project.pack in pack_names():
            template = find_pack(project.pack).template
            told = {path for path, data in project.files.items() if template.get(path) == data}
            assert told <= {"app/settings.py", "app/authorisation.py", "app/database.py"}, project.id
            assert 5 <= len(project.files) <= 12, project.id


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"of: ledger": "of: nobody"}, "'nobody' is none of "),
        ({"old:": "old: nothing like it #"}, "has 'nothing like it' 0 times; quote what stands there once"),
        ({"edits:": "without: [gone.py]\nedits:"}, "without: 'ledger' has no 'gone.py'"),
        ({"kind: other": "kind: awful"}, "kind"),
    ],
)
def test_data_that_mean_nothing_are_refused(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    """A defect that is none would count as one that was not found, or worse, as a clean project."""
    shutil.copytree(CORPUS / "python-cli" / "clean" / "ledger", tmp_path / "python-cli" / "clean" / "ledger")
    folder = tmp_path / "python-cli" / "defects" / "undefined-name"
    folder.mkdir(parents=True)
    text = (CORPUS / "python-cli" / "defects" / "undefined-name" / "defect.yaml").read_text(encoding="utf-8")
    for old, new in changed.items():
        text = text.replace(old, new)
    (folder / "defect.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadCorpus, match=r"undefined-name/defect\.yaml") as caught:
        corpus(tmp_path)
    assert message in str(caught.value)


def _tried(project: Project, *results: CheckResult) -> Tried:
    return Tried(project, CheckReport(version="v", results=results))


def _found(file: str | None, check: str = "lint") -> CheckResult:
    one = Finding(check=check, message="is wrong", file=file, signature="s")
    return CheckResult(check=check, status="failed", findings=(one,))


def test_what_counts_as_found() -> None:
    """What could not run has found nothing, though it blocks; nor has a warning, or a check that does not block."""
    defect = next(project for project in PROJECTS if project.name == "undefined-name")
    clean = next(project for project in PROJECTS if project.defect is None)
    right, wrong = _found("ledger/sums.py"), _found("ledger/cli.py")
    not_run = right.model_copy(update={"status": "not_run", "reason": "no tool"})
    mild = right.model_copy(update={"findings": (right.findings[0].model_copy(update={"severity": "warning"}),)})
    passed = CheckResult(check="lint", status="passed")
    advisory = right.model_copy(update={"blocking": False})
    outcomes = {
        name: (tried.blocked, tried.named, tried.holds)
        for name, tried in {
            "right": _tried(defect, passed, right),
            "wrong": _tried(defect, wrong),
            "not run": _tried(defect, not_run),
            "mild": _tried(defect, mild),
            "advisory": _tried(defect, passed, advisory),
            "clean": _tried(clean, passed),
            "alarm": _tried(clean, wrong),
            "clean, not run": _tried(clean, not_run),
            "clean, nothing": _tried(clean),
        }.items()
    }
    assert outcomes == {
        "right": (True, True, True),
        "wrong": (True, False, False),
        "not run": (False, False, False),
        "mild": (False, False, False),
        "advisory": (False, False, False),
        "clean": (False, False, True),
        "alarm": (True, False, False),
        "clean, not run": (False, False, False),
        "clean, nothing": (False, False, False),
    }
    assert [share.shown()[1:] for share in shares([_tried(defect, right), _tried(clean, passed)])] == [
        ("1/1", "all", "held"), ("1/1", "all", "held"), ("0/0", "all", "missed"), ("0/0", "all", "missed"),
        ("1/1", "all", "held"),
    ]  # fmt: skip


async def test_some_of_it_for_real(settings: Settings) -> None:
    some = [project for project in PROJECTS if project.id in TRIED]
    tried = await try_all(some, settings, parallel=2)
    assert {each.project.id: list(complaints(each)) for each in tried} == {name: [] for name in TRIED}
