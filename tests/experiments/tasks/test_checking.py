"""What is measured with a task means something only where the task tells right from wrong; what does not is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slipway.config import Settings, UsageError
from slipway.experiments import check_suite

from .conftest import put

BUGS = "bugs.yaml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


async def wrong(folder: Path, settings: Settings, task: str) -> list[tuple[str, str]]:
    proven = await check_suite(folder, tasks=[task], settings=settings)
    [only] = proven.tasks
    assert proven.holds == only.holds == all(proof.holds for proof in only.proofs)
    return [(proof.claim, proof.said) for proof in only.proofs if not proof.holds]


async def test_a_suite_that_holds(suite: Path, settings: Settings) -> None:
    proven = await check_suite(suite, settings=settings)
    assert [(each.task.id, [proof.claim for proof in each.proofs]) for each in proven.tasks] == [
        ("shop", [
            "brief", "requirement R1", "requirement R2", "requirement R3", "bug no-refusal: requirement", "plan",
            "bug no-refusal: apart", "reference", "tests", "stub", "bug no-refusal: new", "bug no-refusal: others.0",
            "bug no-refusal: fails",
        ]),
        ("words", [
            "1/reference", "1/tests", "1/what stood there before",
            "2/reference", "2/tests", "2/what stood there before",
        ]),
    ]  # fmt: skip
    assert proven.holds, [proof for each in proven.tasks for proof in each.proofs if not proof.holds]


async def test_what_cannot_be_shown_is_noted(suite: Path, settings: Settings) -> None:
    """A suite that holds without having tried anything looks like one that was proven."""
    shop, words = (await check_suite(suite, settings=settings)).tasks
    unknown, unplayed = "what its acceptance check notices is unknown", "the simulated developer cannot play it"
    assert (shop.notes, words.notes) == ((), (f"no planted bugs: {unknown}", f"no play: {unplayed}"))
    bug = {"id": "zero", "kind": "return", "effect": "wrong", "file": "words.py"}
    bug |= {"old": "    return len(text.split())\n", "new": "    return 0\n"}
    put(suite / "words/1", {BUGS: yaml.safe_dump({"bugs": [bug]})})
    [words] = (await check_suite(suite, tasks=["words"], settings=settings)).tasks
    assert (words.holds, words.notes[0]) == (True, f"no planted bugs in 2/: {unknown}")


async def test_each_thing_that_does_not_hold_is_named(suite: Path, settings: Settings) -> None:
    """All of them at once: whoever writes a task mends them in one go."""
    shop = suite / "shop"
    change(shop / "acceptance/acceptance.py", "    with_tax(-5, 20)", "    raise ValueError")
    change(shop / "acceptance/acceptance.py", "assert total([]) == 0", "assert total([]) == 1")
    change(shop / "reference/tests/test_shop.py", "== 360", "== 361")
    change(shop / "play.yaml", "goal: 'T-4f1c9a: the", "goal: 'the")
    change(shop / "play.yaml", "A price with tax is rounded down.", "A price with tax is rounded up.")
    change(shop / "play.yaml", "- prices\n", "- price\n")
    change(shop / BUGS, "requirement: R2", "requirement: R9")
    assert await wrong(suite, settings, "shop") == [
        ("brief", "its goal does not name T-4f1c9a; write it there"),
        ("requirement R1", "'A price with tax is rounded up.' is no part of the request or of an answer; copy a "
                           "sentence of it as it stands"),
        ("bug no-refusal: requirement", "there is no requirement 'R9'; name one of R1, R2, R3"),
        ("plan", "component 'cart' depends on 'price', which the plan does not have; correct it in play.yaml"),
        ("reference", "it is not accepted: AssertionError; correct it, or the acceptance check"),
        ("tests", "on the reference: tests/test_shop.py:16: assert 360 == 361; correct it"),
    ]  # fmt: skip


async def test_what_is_wrong_and_accepted_is_named(suite: Path, settings: Settings) -> None:
    shop = suite / "shop"
    put(shop, {"acceptance/acceptance.py": "", BUGS: (shop / BUGS).read_text().replace("c2_refuses", "c9_refuses")})
    accepted = "it is accepted; let the acceptance check notice what is wrong with it"
    assert await wrong(suite, settings, "shop") == [
        ("stub", accepted),
        ("bug no-refusal: new", accepted),
        ("bug no-refusal: others.0", accepted),
        ("bug no-refusal: fails",
         "tests/test_shop.py::test_c9_refuses did not fail; tests/test_shop.py::test_c2_refuses failed, too; `slipway "
         "suite bugs DIR` writes down which fail"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda words: put(words, {"1/acceptance/acceptance.py": "import time\ntime.sleep(9)\n"}), "it took longer"),
        (lambda words: put(words, {"1/reference/README.md/x": ""}), "its files cannot be written: "),
    ],
)
async def test_what_cannot_be_tried_does_not_hold(
    suite: Path, settings: Settings, spoil: Callable[[Path], object], said: str
) -> None:
    words = suite / "words"
    change(words / "task.yaml", "family:", "acceptance: {timeout: 0.3}\nfamily:")
    spoil(words)
    assert [text.startswith(said) for claim, text in await wrong(suite, settings, "words") if claim == "1/reference"]


async def test_bugs_that_share_a_line_are_named(suite: Path, settings: Settings) -> None:
    """The simulated developer may make both."""
    bugs = yaml.safe_load((suite / "shop/bugs.yaml").read_text())["bugs"]
    line = "    tax = cents * percent // 100\n"
    bugs.append({**bugs[0], "id": "up", "old": line, "new": line.replace("//", "/"), "others": []})
    (suite / "shop/bugs.yaml").write_text(yaml.safe_dump({"bugs": bugs}))
    said = "where it is, no-refusal cannot be put in; let no line of one be a line of another"
    assert ("bug up: apart", said) in await wrong(suite, settings, "shop")


async def test_a_task_that_is_not_there(suite: Path, settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"no task 'ship'; the suite 'small' has shop, words; name one of these"):
        await check_suite(suite, tasks=["ship"], settings=settings)
