"""Tasks are data that other people write: whatever is wrong in one is one message, with the place and the next step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slipway.config import ConfigurationError
from slipway.config.task import Acceptance, Bug, Play, Said
from slipway.config.tasking import SUITES, find_suite, load_suite, load_task, standing, suite_names

HEAD = {"summary": "for tests", "licence": "Apache-2.0"}
BUG = {
    "id": "off", "kind": "constant", "effect": "wrong", "file": "a.py", "old": "A = 1\n", "new": "A = 2\n",
    "others": ["A = 3\n"], "fails": ["tests/test_a.py::test_c1_a"],
}  # fmt: skip
FILES = {
    "suite.yaml": "name: small\nsummary: for tests\ntasks: [one, two]\n",
    "one/task.yaml": yaml.safe_dump({**HEAD, "id": "one", "family": "ambiguous", "opaque": "T-00000a",
                                     "answers": [{"about": ["how"], "text": "Thus."}]}),
    "one/request.md": "(T-00000a) Make A.\nIt is 1.\n",
    "one/reference/a.py": "A = 1\n",
    "one/acceptance/acceptance.py": "import a\n",
    "one/stub/a.py": "A = 0\n",
    "one/bugs.yaml": yaml.safe_dump({"bugs": [BUG]}),
    "one/play.yaml": "brief: {goal: T-00000a}\nplan: {}\n",
    "two/task.yaml": yaml.safe_dump({**HEAD, "id": "two", "family": "sequence", "opaque": "T-00000b",
                                     "acceptance": {"command": ["sh", "check"], "timeout": 5}}),
    "two/start/README.md": "two\n",
    "two/1/request.md": "(T-00000b) Make A.\n",
    "two/1/reference/a.py": "A = 1\n",
    "two/1/acceptance/check": "true\n",
    "two/2/request.md": "(T-00000b) Make B.\n",
    "two/2/reference/b.py": "B = 1\n",
    "two/2/acceptance/check": "true\n",
    "two/2/bugs.yaml": yaml.safe_dump({"bugs": [{**BUG, "kind": "signature", "interface": "b.py"}]}),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A suite to be spoilt."""
    for path, text in FILES.items():
        put(path, text)(tmp_path / "small")
    return tmp_path / "small"


def put(path: str, text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)

    return spoil


def change(path: str, old: str, new: str) -> Callable[[Path], None]:
    assert old in FILES[path]
    return put(path, FILES[path].replace(old, new, 1))


def drop(path: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / path)


def bugs(**facts: object) -> Callable[[Path], None]:
    return put("one/bugs.yaml", yaml.safe_dump({"bugs": [{**BUG, **facts}]}))


def test_what_tasks_are_made_of(folder: Path) -> None:
    suite = load_suite(folder)
    one, two = suite.tasks
    assert (suite.name, suite.summary, suite.task("two"), one) == ("small", "for tests", two, load_task(folder / "one"))
    assert (one.family, one.answers, one.acceptance, one.start) == (
        "ambiguous", (Said(about=("how",), text="Thus."),), Acceptance(), {},
    )  # fmt: skip
    [step] = one.steps
    assert (step.request, step.reference, step.acceptance, step.stub, step.bugs, step.play) == (
        "(T-00000a) Make A.\nIt is 1.", {"a.py": b"A = 1\n"}, {"acceptance.py": b"import a\n"}, {"a.py": b"A = 0\n"},
        (Bug.model_validate(BUG),), Play(brief={"goal": "T-00000a"}, plan={}),
    )  # fmt: skip
    assert two.acceptance == Acceptance(command=("sh", "check"), timeout=5)
    assert [sorted(standing(two, number)) for number in (-1, 0, 1)] == [
        ["README.md"], ["README.md", "a.py"], ["README.md", "a.py", "b.py"],
    ]  # fmt: skip
    with pytest.raises(KeyError, match="no task 'three'; the suite 'small' has one, two"):
        suite.task("three")


def test_bugs_of_some_kinds_only(folder: Path) -> None:
    """What is made anew may no longer fit the files, and is not looked at."""
    bugs(old="gone\n")(folder)
    suite = load_suite(folder, kinds=("signature",))
    assert [[bug.kind for step in task.steps for bug in step.bugs] for task in suite.tasks] == [[], ["signature"]]
    assert load_task(folder / "one", kinds=()).steps[0].bugs == ()


def test_any_other_file_is_another_suite(folder: Path) -> None:
    """What a result was measured with can be told only if nothing is left out of the digest."""
    before = load_suite(folder)
    put("two/2/stub/b.py", "B = 0\n")(folder)
    after = load_suite(folder)
    assert [old.digest == new.digest for old, new in zip(before.tasks, after.tasks, strict=True)] == [True, False]
    assert before.digest != after.digest
    put("suite.yaml", FILES["suite.yaml"].replace("one, two", "two, one"))(folder)
    assert load_suite(folder).digest != after.digest


TASK, BUGS = "one/task.yaml", "one/bugs.yaml"


@pytest.mark.parametrize(
    ("spoil", "place", "said"),
    [
        (change("suite.yaml", "[one, two]", "[one, one, two]"), "suite.yaml", "tasks: 'one' is there twice; keep one"),
        (change("suite.yaml", "two]", "three]"), "suite.yaml", "tasks: there is no folder 'three' beside it; add it"),
        (change("suite.yaml", ", two]", "]"), "two", "is no task of suite.yaml; name it there, or remove it"),
        (change("suite.yaml", "[one, two]", "[]"), "suite.yaml", "tasks: tuple should have at least 1 item"),
        (change("suite.yaml", "name: small", "name: Small"), "suite.yaml", "name: string should match pattern"),
        (put("suite.yaml", "- a"), "suite.yaml", "must hold a mapping, not list; write `key: value`"),
        (put("two/task.yaml", FILES["two/task.yaml"].replace("T-00000b", "T-00000a")), "two/1/request.md",
         "its first line does not name 'T-00000a'; put it there"),
        (change("two/2/request.md", "(T-00000b) ", "B\n(T-00000b) "), "two/2/request.md", "its first line does not "),
        (change(TASK, "id: one", "id: uno"), TASK, "id: it is 'uno', and the folder 'one'; give both one name"),
        (change(TASK, "T-00000a", "T-a"), TASK, "opaque: string should match pattern"),
        (change(TASK, "family: ambiguous", "family: odd"), TASK, "family: input should be 'new', 'change', 'sequence'"),
        (change(TASK, "family: ambiguous", "family: new"), TASK, "a task of the family `ambiguous` has `answers`, "),
        (change("two/task.yaml", "family: sequence", "family: new"), "two/task.yaml",
         "a task of the family `sequence` has several requests, and no other has"),
        (put(TASK, FILES[TASK] + "more: 1\n"), TASK, "more: is no key of a task; correct or remove it"),
        (drop("two/1"), "two", "its requests are numbered [2]; number them 1, 2, 3, ..."),
        (drop("one/reference"), "one/reference", "is missing; put its files there"),
        (drop("one/acceptance"), "one/acceptance", "is missing; put its files there"),
        (put("one/notes.txt", ""), "one/notes.txt", "is no file of a task, which are task.yaml, start/ and of each "),
        (put("two/1/notes/a", ""), "two/1/notes/a", "is no file of a task, which are task.yaml, start/ and of each "),
        (put(BUGS, yaml.safe_dump({"bugs": [BUG, BUG]})), "one", "bug 'off': another one has this id; name it othe"),
        (put("two/1/bugs.yaml", yaml.safe_dump({"bugs": [BUG]})), "two", "bug 'off': another one has this id; name "),
        (bugs(old="B = 1\n"), "one", "bug 'off': 'a.py' has its `old` text 0 times; it must be there once"),
        (bugs(old=" "), "one", "bug 'off': 'a.py' has its `old` text 2 times; it must be there once"),
        (bugs(file="b.py"), "one", "bug 'off': 'b.py' has its `old` text 0 times; it must be there once"),
        (bugs(kind="signature", interface="a.py"), "one", "bug 'off': interface: 'a.py' is no other file"),
        (bugs(kind="odd"), BUGS, "bugs.0.kind: input should be 'comparison', 'constant', "),
        (bugs(kind="omission"), BUGS, "bugs.0: bug 'off': an omission names its `requirement`, and nothing else does"),
        (bugs(interface="b.py"), BUGS, "bugs.0: bug 'off': a signature names its `interface`, and nothing else does"),
        (bugs(others=["A = 2\n"]), BUGS, "bugs.0: bug 'off' has one text twice; each of old, new and others differs"),
        (put("one/play.yaml", "brief: {}\n"), "one/play.yaml", "plan: is missing; add it"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(folder: Path, spoil: Callable[[Path], None], place: str, said: str) -> None:
    spoil(folder)
    with pytest.raises(ConfigurationError) as error:
        load_suite(folder)
    assert str(error.value)[: len(f"{folder}/{place}: {said}")] == f"{folder}/{place}: {said}"


def test_two_tasks_that_are_named_alike(folder: Path) -> None:
    """Whoever is given a request could not tell which is meant."""
    for path in ("two/task.yaml", "two/1/request.md", "two/2/request.md"):
        change(path, "T-00000b", "T-00000a")(folder)
    with pytest.raises(ConfigurationError) as error:
        load_suite(folder)
    assert str(error.value) == (f"{folder}/two/task.yaml: opaque: 'T-00000a' is that of 'one', too; choose another one")


def test_a_suite_is_found_by_name_or_folder(folder: Path) -> None:
    assert find_suite(str(folder)) == load_suite(folder)
    assert [find_suite(name) for name in suite_names()] == [load_suite(SUITES / name) for name in suite_names()]
    with pytest.raises(ConfigurationError, match="unknown suite 'large': it is neither a folder nor one of "):
        find_suite("large")
