"""Bugs decide what is measured: each is refused by the hidden check, shown by a test, and found again in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from slipway.config import Settings, UsageError
from slipway.config.tasking import load_task, standing
from slipway.experiments import check_suite
from slipway.experiments.tasks import make_bugs
from slipway.experiments.tasks.faults import candidates

from .conftest import CART, put

CODE = '''\
"""Rates."""

from json import dumps
from math import ceil, floor


def rate(sums, days, half):
    """What a day costs."""
    if days > 3 and half:
        sums = sums - 10
    return dumps(ceil(sums / days) + floor(sums))
'''


def test_every_kind_of_fault_is_found() -> None:
    found = candidates("a.py", CODE.encode(), b"")
    assert {each.kind for each in found} == {
        "arithmetic", "boolean", "branch", "comparison", "constant", "import", "negation", "return", "variable",
    }  # fmt: skip
    imports = [each for each in found if each.kind == "import"]
    first, second = ([text.removeprefix('"""Rates."""\n\n') for text in (each.old, *each.texts)] for each in imports)
    assert first == [
        "from json import dumps\nfrom math import ceil, floor\n",
        "from math import ceil, floor\n",
        "from json import dumps as _dumps\nfrom math import ceil, floor\n",
        "import json\nfrom math import ceil, floor\n",
        "from json import dumps as du_\nfrom math import ceil, floor\n",
    ]
    assert second == [
        "from math import ceil, floor\n",
        "from math import floor\n",
        "from math import ceil as _ceil, floor\n",
        "from math import ceil\n",
        "from math import ceil, floor as _floor\n",
    ]


@pytest.mark.parametrize("code", [CODE, CART, "def f(a, b):\n    a = a + b\n    a = a + b\n    return a\n"])
def test_texts_are_whole_lines_that_differ_and_stand_once(code: str) -> None:
    """Else nobody could put them in, or tell which of them is there."""
    for each in candidates("a.py", code.encode(), b""):
        assert code.count(each.old) == 1 and code.splitlines(keepends=True)[each.first : each.last] == (
            each.old.splitlines(keepends=True)
        )
        assert len({each.old, *each.texts}) == len(each.texts) + 1 >= 4
        for text in each.texts:
            assert text.endswith("\n") and text not in code
            compile(code.replace(each.old, text), "a.py", "exec")


def test_only_what_a_request_changed_is_spoilt() -> None:
    """What stood there before works, and nobody writes it again."""
    before = CODE.replace("    if days > 3 and half:\n        sums = sums - 10\n", "")
    found = candidates("a.py", CODE.encode(), before.encode())
    assert {line for each in found for line in range(each.first, each.last)} <= {7, 8, 9, 10}
    assert candidates("a.py", CODE.encode(), CODE.encode()) == []


@pytest.mark.parametrize("data", [b"def f(:\n", b"\xff\n", b"a = 1", b"a = 1\r\n"])
def test_what_has_no_lines_to_spoil(data: bytes) -> None:
    assert candidates("a.py", data, b"") == []


async def test_bugs_are_made_that_hold_and_again_the_same(suite: Path, settings: Settings) -> None:
    file = suite / "shop/bugs.yaml"
    by_hand = file.read_text()
    put(suite / "shop", {"bugs.yaml": by_hand.replace("c2_refuses", "c3_sums")})
    made = [each async for each in make_bugs(suite / "shop", settings)]
    assert [(each.task, each.file, each.wrong) for each in made] == [("shop", str(file), ())]
    first, *others = load_task(suite / "shop").steps[0].bugs
    assert (first.id, first.kind, first.fails) == ("no-refusal", "omission", ("tests/test_shop.py::test_c2_refuses",))
    assert (others and len({bug.fails for bug in others}) > 1) or len(others) == 1
    assert (await check_suite(suite, tasks=["shop"], settings=settings)).holds
    text = file.read_text()
    assert [each async for each in make_bugs(suite, settings, ["shop"])] == made
    assert file.read_text() == text
    _all_at_once(suite)


def _all_at_once(suite: Path) -> None:
    """A task is played with several bugs in one file."""
    task = load_task(suite / "shop")
    files = {path: data.decode() for path, data in standing(task, 0).items()}
    for bug in task.steps[0].bugs:
        assert files[bug.file].count(bug.old) == 1
        files[bug.file] = files[bug.file].replace(bug.old, bug.new)
    compile(files["cart.py"], "cart.py", "exec")


async def test_a_bug_by_hand_that_is_none_is_named(suite: Path, settings: Settings) -> None:
    line = "    return len(text.split())\n"
    bug = {
        "id": "same",
        "kind": "other",
        "effect": "wrong",
        "file": "words.py",
        "old": line,
        "new": f"{line}    # it\n",
    }
    put(suite / "words/1", {"bugs.yaml": yaml.safe_dump({"bugs": [bug]})})
    first, _ = [each async for each in make_bugs(suite, settings, ["words"])]
    assert ([each.id for each in first.bugs], [(proof.claim, proof.said) for proof in first.wrong]) == (
        ["same"], [
            ("bug same: new", "it is accepted; let the acceptance check notice what is wrong with it"),
            ("bug same: fails", "no test that can be seen fails of it; write one"),
        ],
    )  # fmt: skip


async def test_what_was_written_stays_where_it_cannot_be_tried(suite: Path, settings: Settings) -> None:
    """Tests that fail anyhow show nothing."""
    put(suite / "shop", {f"reference/tests/{name}.py": "import gone\n" for name in ("test_shop", "test_held_out")})
    text = (suite / "shop/bugs.yaml").read_text()
    [made] = [each async for each in make_bugs(suite / "shop", settings)]
    assert (made.file, [proof.said for proof in made.wrong]) == (
        "", ["none of the reference passes, so that no bug can be shown; correct them"],
    )  # fmt: skip
    assert (suite / "shop/bugs.yaml").read_text() == text
    with pytest.raises(UsageError, match="is no suite, so that no task of it can be named; leave out --task"):
        [each async for each in make_bugs(suite / "shop", settings, ["shop"])]
