"""What a model sends becomes a record or an error that the model can act on; nothing in between is built."""

from __future__ import annotations

import os.path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from slipway.state import (
    Brief,
    CheckReport,
    CheckResult,
    Event,
    FileRef,
    Finding,
    Plan,
    RunStarted,
    StageFinished,
    StageRecord,
    Usage,
    project_path,
)

# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["a", "a/b.py", "..a", "...", "a..b/c", ".gitignore", ".github/x", "grüße.md", "a b", "-x", "a:b", "~", "*"]
)
def test_paths_that_a_project_may_hold(path: str) -> None:
    assert project_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "..", "/", "/a", "//a", "../a", "a/..", "a/../b", "a/../../b", "./a", "a/", "a//b", "a/./b",
        ".git", ".git/config", "a\\b", "a\nb", "a\0", "a\x1b", "a\u202eb", "\ud800",
    ],
)  # fmt: skip
def test_paths_that_no_project_holds(path: str) -> None:
    """Each of them is another name of a file, a place outside, or something that a terminal would act on."""
    with pytest.raises(ValueError, match=r"is not a path inside the project|is a path that a project may not hold"):
        project_path(path)


@pytest.mark.parametrize("path", ["lib/.git/hooks/post-checkout", "sub/.git"])
def test_no_path_is_gits(path: str) -> None:
    """A delivered folder with a repository in it runs its hooks as soon as somebody looks at it with git."""
    with pytest.raises(ValueError, match="may not hold"):
        project_path(path)


parts = st.sampled_from(["a", "..", ".", "", ".git", "...", "b c", "\\", "\0", "~"]) | st.text(max_size=3)


@settings(deadline=None)
@given(st.lists(parts, max_size=6).map("/".join))
def test_an_accepted_path_never_leaves_its_root(path: str) -> None:
    try:
        accepted = project_path(path)
    except ValueError:
        return
    joined = os.path.join("/root/of/it", accepted)  # noqa: PTH118 - the text is the subject
    assert os.path.normpath(joined) == joined and joined.startswith("/root/of/it/")
    assert accepted.encode() and "\0" not in accepted


@settings(deadline=None)
@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.booleans())
def test_a_file_comes_back_from_its_wire_form(digest: str, executable: bool) -> None:
    ref = FileRef(digest, executable)
    assert FileRef.decode(ref.encode()) == ref
    assert ref.encode() == (f"{digest}+x" if executable else digest)


# --- the brief -------------------------------------------------------------------------------------------------------


def brief(**changes: Any) -> dict[str, Any]:
    return {
        "title": "t",
        "goal": "g",
        "requirements": [{"id": "R1", "text": "x"}],
        "criteria": [{"id": "C1", "text": "x", "requirement": "R1"}],
        **changes,
    }


def wrong(kind: type[Brief] | type[Plan], value: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(value)
    error = caught.value.errors()[0]  # the one that a model is shown
    return ".".join(map(str, error["loc"])) + ": " + error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"requirements": [{"id": "R1", "text": "x"}] * 2}, ": requirement 'R1' appears more than once"),
        ({"criteria": [{"id": "C1", "text": "x", "requirement": "R1"}] * 2}, ": criterion 'C1' appears more than once"),
        ({"criteria": [{"id": "C1", "text": "x", "requirement": "R2"}]},
         ": criterion C1 names 'R2', which is no requirement"),
        ({"criteria": []}, "criteria: Tuple should have at least 1 item after validation, not 0"),
        ({"requirements": [{"id": "1", "text": "x"}]}, "requirements.0.id: String should match pattern '^R\\d+$'"),
        ({"criteria": [{"id": "c1", "text": "x", "requirement": "R1"}]},
         "criteria.0.id: String should match pattern '^C\\d+$'"),
        ({"goal": ""}, "goal: String should have at least 1 character"),
        ({"budget": 1}, "budget: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_brief_that_is_none_says_why(changes: dict[str, Any], message: str) -> None:
    Brief.model_validate(brief())
    assert wrong(Brief, brief(**changes)) == message


# --- the plan --------------------------------------------------------------------------------------------------------


def component(name: str, *needs: str, files: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"id": name, "purpose": "p", "files": files or (f"{name}.py",), "interface": "i", "depends_on": needs}


def plan(*components: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"summary": "s", "components": components, "tests": ["test_a.py"], **changes}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (plan(component("a"), component("a", files=("b.py",))), ": component 'a' appears more than once"),
        (plan(component("a"), component("b", files=("a.py",))), ": file 'a.py' appears more than once"),
        (plan(component("a"), tests=["a.py"]), ": file 'a.py' appears more than once"),
        (plan(component("a", "b")), ": component 'a' depends on 'b', which the plan does not have"),
        (plan(component("a", "a")), ": components a depend on each other in a circle"),
        (plan(component("a", "c"), component("b", "a"), component("c", "b"), component("d")),
         ": components a, b, c depend on each other in a circle"),
        (plan(), "components: Tuple should have at least 1 item after validation, not 0"),
        (plan(component("a"), tests=[]), ": tests: name at least one test file"),
        (plan(component("a", files=("../a.py",))),
         "components.0.files.0: '../a.py' is not a path inside the project; give a relative path without '..'"),
        (plan(component("a"), tests=["/t.py"]),
         "tests.0: '/t.py' is not a path inside the project; give a relative path without '..'"),
        (plan(component("A")), "components.0.id: String should match pattern '^[a-z][a-z0-9_-]{0,39}$'"),
        *((plan(component("a", files=("a.py", path))), f": component 'a' owns {path!r}, which decides how tests run; "
           "it may stand under `tests` only")
          for path in ("conftest.py", "src/conftest.py", "pytest.ini", "tests/pytest.ini", "tox.ini", ".pytest.ini",
                       "sitecustomize.py", "lib/usercustomize.py", "a.pth", "lib/b.pth")),
        (plan(component("a", files=("a", "a/b.py"))), ": 'a' would be a file and a folder; rename one"),
        (plan(component("a", files=("a/b.py",)), component("b", files=("a",))),
         ": 'a' would be a file and a folder; rename one"),
        (plan(component("a", files=("a/b/c/d.py",)), component("b", files=("a/b",))),
         ": 'a/b' would be a file and a folder; rename one"),
        (plan(component("a", files=("tests",)), tests=["tests/test_a.py"]),
         ": 'tests' would be a file and a folder; rename one"),
        (plan(component("a", files=("lib/.git/hooks/post-checkout",))),
         "components.0.files.0: 'lib/.git/hooks/post-checkout' is a path that a project may not hold; "
         "choose another name"),
        (plan(component("a"), route="alone"), "route: Input should be 'solo' or 'crew'"),
    ],
)  # fmt: skip
def test_a_plan_that_is_none_says_why(value: dict[str, Any], message: str) -> None:
    assert wrong(Plan, value) == message


@pytest.mark.parametrize("files", [("a", "a/b.py"), ("a/b.py", "a")])
def test_a_path_is_not_a_file_and_a_folder(files: tuple[str, str]) -> None:
    """Found in the plan it costs one reply; found at the publish it costs the run."""
    with pytest.raises(ValidationError):
        Plan.model_validate(plan(component("x", files=files[:1]), component("y", files=files[1:])))


def test_the_tests_may_steer_themselves() -> None:
    """What decides how tests run belongs to those who do not write what is tested."""
    steering = ["tests/conftest.py", "conftest.py", "pytest.ini", "tests/test_a.py"]
    assert Plan.model_validate(plan(component("a", files=("my_conftest.py",)), tests=steering)).tests == tuple(steering)


def test_an_unknown_component_is_named_with_those_there_are() -> None:
    made = Plan.model_validate(plan(component("a"), component("b")))
    assert made.component("b").files == ("b.py",)
    with pytest.raises(KeyError, match="no component 'c'; the plan has a, b"):
        made.component("c")


@st.composite
def graphs(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = [f"c{number}" for number in range(draw(st.integers(1, 9)))]
    needs = [draw(st.lists(st.sampled_from(names[:i]), unique=True)) if i else [] for i in range(len(names))]
    return draw(st.permutations([component(name, *needed) for name, needed in zip(names, needs, strict=True)]))


@settings(deadline=None)
@given(graphs())
def test_waves_hold_each_component_once_and_as_early_as_may_be(components: list[dict[str, Any]]) -> None:
    """A component that is written too early is written without what it uses; one too late costs time."""
    waves = Plan.model_validate(plan(*components)).waves()
    place = {name: number for number, wave in enumerate(waves) for name in wave}
    assert sum(map(len, waves)) == len(place) == len(components)
    for each in components:
        assert place[each["id"]] == max((place[name] + 1 for name in each["depends_on"]), default=0)


@settings(deadline=None)
@given(graphs(), st.data())
def test_a_circle_anywhere_is_refused(components: list[dict[str, Any]], data: st.DataObject) -> None:
    names = data.draw(st.permutations([each["id"] for each in components]))
    for number, name in enumerate(names):
        [each] = [c for c in components if c["id"] == name]
        each["depends_on"] = (*each["depends_on"], names[(number + 1) % len(names)])
    assert "depend on each other in a circle" in wrong(Plan, plan(*components))


# --- reports, usage and events ---------------------------------------------------------------------------------------


def check(name: str, status: Any, *, blocking: bool = True) -> CheckResult:
    finding = Finding(check=name, message="m", signature=f"{name}:0")
    return CheckResult(check=name, status=status, blocking=blocking, findings=(finding,) if status == "failed" else ())


def test_green_is_what_blocks_and_passed() -> None:
    def green(*results: CheckResult) -> bool:
        return CheckReport(version="v", results=results).green

    assert green(check("a", "passed"), check("b", "failed", blocking=False))
    assert not green(check("a", "passed"), check("b", "failed"))
    assert not green(check("a", "passed"), check("b", "not_run"))
    assert not green() and not green(check("b", "passed", blocking=False))  # nothing that blocks was looked at
    report = CheckReport(version="v", results=(check("a", "failed"), check("b", "failed", blocking=False)))
    assert [finding.check for finding in report.findings] == ["a"]


def test_usage_adds_up_and_an_unknown_cost_stays_unknown() -> None:
    one = Usage(calls=1, input_tokens=10, cached_tokens=4, output_tokens=2, cost_usd=0.25, model_seconds=1.5)
    unknown = one.model_copy(update={"cost_usd": None})
    both = {"calls": 2, "input_tokens": 20, "cached_tokens": 8, "output_tokens": 4, "model_seconds": 3.0}
    assert Usage() + one == one
    assert one + one == Usage(**both, cost_usd=0.5)
    assert one + unknown == unknown + one == unknown + unknown == Usage(**both, cost_usd=None)


@pytest.mark.parametrize("count", ["calls", "input_tokens", "cached_tokens", "output_tokens"])
def test_usage_is_never_less_than_nothing(count: str) -> None:
    """A provider that tells so would lower what the budget has seen."""
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Usage.model_validate({count: -1})


def test_an_event_comes_back_as_what_it_was() -> None:
    events: TypeAdapter[Event] = TypeAdapter(Event)
    stage = StageRecord(step="code/a", stage="code", role="coder", usage=Usage(calls=1, cost_usd=None))
    for event in (StageFinished(record=stage), RunStarted(run="r", project="p", request="x", lineup="l")):
        assert events.validate_json(events.dump_json(event)) == event


def test_records_do_not_change_and_know_their_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Usage().calls = 1  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Usage.model_validate({"cost": 1})
