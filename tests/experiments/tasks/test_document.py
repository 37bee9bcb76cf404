"""What `docs/suites.md` says of a suite holds: who writes one has nothing else to learn it from."""

from __future__ import annotations

import re
from pathlib import Path

from slipway.config import Settings
from slipway.config.task import Head
from slipway.config.tasking import load_suite
from slipway.experiments import check_suite

from .conftest import put

DOCUMENT = (Path(__file__).parents[3] / "docs" / "suites.md").read_text()


async def test_the_example_is_a_suite_that_holds(tmp_path: Path, settings: Settings) -> None:
    """Its files as they stand there, and nothing else; each claim that is proven of it is explained."""
    put(tmp_path, dict(re.findall(r"^`(mine/\S+)`\n```\w+\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)))
    suite = load_suite(tmp_path / "mine")
    [proven] = (await check_suite(suite, settings=settings)).tasks
    assert [proof for proof in proven.proofs if not proof.holds] == []
    assert (proven.task.playable, proven.notes) == (True, ())
    claims = {re.sub(r"others\.\d", "others.N", each.claim) for each in proven.proofs}
    general = {re.sub("bug [a-z-]+", "bug ID", re.sub(r"R\d", "ID", claim)) for claim in claims}
    assert general == {
        "reference", "tests", "stub", "bug ID: new", "bug ID: others.N", "bug ID: fails", "bug ID: apart",
        "bug ID: requirement", "brief", "plan", "requirement ID",
    }  # fmt: skip
    assert [claim for claim in sorted(general) if f"`{claim}`" not in DOCUMENT] == []


def test_each_key_of_a_task_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| ", DOCUMENT, re.MULTILINE)) >= set(Head.model_fields)
