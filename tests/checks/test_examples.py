"""A pack is proven by its examples: what it forbids is found, and what it asks for passes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from slipway.checks import Tried, try_examples, unproven
from slipway.config import find_pack, load_pack, pack_names
from slipway.config.packing import STARTER
from slipway.sandboxes import Sandbox

RULE, README = ("no-breakpoint", "main.py"), ("layout-missing", "README.md")


@pytest.mark.parametrize("name", pack_names())
async def test_every_shipped_pack_holds(analysed: Sandbox, name: str) -> None:
    pack = find_pack(name)
    tried = [each async for each in try_examples(pack, analysed)]
    assert [each for each in tried if not each.holds] == []
    assert unproven(pack) == []
    assert len(tried) == 1 + len(pack.passing) + len(pack.failing)


async def test_a_new_pack_holds(sandbox: Sandbox) -> None:
    assert [each async for each in try_examples(load_pack(STARTER), sandbox)] == [
        Tried("pass", "template", (), ()),
        Tried("pass", "no-breakpoint", (), ()),
        Tried("fail", "no-breakpoint", (RULE,), (RULE,)),
        Tried("fail", "no-readme", (README,), (README,)),
    ]
    assert await sandbox.entries() == []


async def test_more_and_less_than_expected_do_not_hold(sandbox: Sandbox, tmp_path: Path) -> None:
    """An example that fails for another reason proves nothing."""
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    (folder / "template/main.py").write_text("breakpoint()\n")
    (folder / "examples/fail/no-breakpoint/main.py").write_text("import numpy\n")
    tried = [each async for each in try_examples(load_pack(folder), sandbox)]
    undeclared = ("import-undeclared", "main.py")
    assert [(each.name, each.holds, each.found) for each in tried] == [
        ("template", False, (RULE,)),
        ("no-breakpoint", True, ()),
        ("no-breakpoint", False, (undeclared,)),
        ("no-readme", False, (README, RULE)),
    ]


async def test_an_example_that_was_not_checked_does_not_hold(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    rule = folder / "rules/no-breakpoint.yml"
    rule.write_text(rule.read_text().replace("pattern: breakpoint($$$)", "kind: nope"))
    tried = [each async for each in try_examples(load_pack(folder), sandbox)]
    assert {(each.holds, "Cannot parse rule rules/no-breakpoint.yml" in each.not_run) for each in tried} == {
        (False, True)
    }


async def test_an_example_that_cannot_be_written_does_not_hold(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    odd = folder / "examples/pass/no-breakpoint/main.py"
    odd.unlink()
    odd.mkdir()
    (odd / "x.py").write_text("")
    tried = [each async for each in try_examples(load_pack(folder), sandbox)]
    assert [(each.holds, each.not_run.partition(":")[0]) for each in tried] == [
        (True, ""), (False, "its files cannot be written"), (True, ""), (True, ""),
    ]  # fmt: skip


FLOW = """rules:
  - id: no-argument-in-print
    languages: [python]
    severity: ERROR
    message: an argument is printed
    metadata: { hint: log it }
    mode: taint
    pattern-sources: [{ pattern: sys.argv }]
    pattern-sinks: [{ pattern: print(...) }]
"""
PRINTED = ("no-argument-in-print", "main.py")


@pytest.fixture
def flowing(tmp_path: Path) -> Path:
    """A pack with a rule for semgrep, which an example breaks, and one that has no example which passes."""
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    (folder / "semgrep").mkdir()
    (folder / "semgrep/flows.yml").write_text(FLOW)
    example = folder / "examples/fail/no-argument-in-print"
    example.mkdir()
    (example / "main.py").write_text("import sys\n\nwords = sys.argv\nprint(words)\n")
    (example / "expected.yaml").write_text(
        "findings:\n  - { check: conventions, rule: no-argument-in-print, file: main.py }\n"
    )
    return folder


async def test_a_rule_for_semgrep_is_proven_likewise(analysed: Sandbox, flowing: Path) -> None:
    pack = load_pack(flowing)
    tried = {each.name: each async for each in try_examples(pack, analysed) if each.kind == "fail"}
    assert tried.pop("no-argument-in-print") == Tried("fail", "no-argument-in-print", (PRINTED,), (PRINTED,))
    assert [each for each in tried.values() if not each.holds] == []
    assert unproven(pack) == [
        "rule 'no-argument-in-print' has no example that passes; add examples/pass/no-argument-in-print/"
    ]


async def test_a_rule_that_semgrep_does_not_understand_holds_nowhere(analysed: Sandbox, flowing: Path) -> None:
    (flowing / "semgrep/flows.yml").write_text(FLOW.replace("print(...)", "print((("))
    tried = [each async for each in try_examples(load_pack(flowing), analysed)]
    assert {(each.holds, each.not_run != "") for each in tried} == {(False, True)}


async def test_without_semgrep_nothing_holds(sandbox: Sandbox, flowing: Path) -> None:
    [first, *_] = [each async for each in try_examples(load_pack(flowing), sandbox)]
    assert (first.holds, first.not_run) == (False, "semgrep is not in the sandbox; its layer `analysis` has it")


def test_a_rule_without_examples_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "starter")
    shutil.rmtree(folder / "examples/fail/no-breakpoint")
    shutil.rmtree(folder / "examples/pass")
    assert unproven(load_pack(folder)) == [
        "rule 'no-breakpoint' has no example that passes; add examples/pass/no-breakpoint/",
        "rule 'no-breakpoint' has no example that fails; add examples/fail/no-breakpoint/ with expected.yaml",
    ]
