"""Who plans nothing lets others write anything, but for what would let them grade their own work."""

from __future__ import annotations

from slipway.graphs.ownership import MayWrite, alone, named, of_component, of_tests, repairs
from slipway.graphs.unplanned import brief_of, plan_of
from slipway.state.records import FileRef, Plan

OPEN = plan_of(brief_of("Build a clock."))
PATHS = (
    "clock.py", "a/b.sql", "tests/test_clock.py", "test_clock.py", "tests/data.json", "conftest.py",
    "src/clock.test.ts", "scenarios/clock.yaml", "pytest.ini", "site.pth", "sitecustomize.py",
)  # fmt: skip
CODE, TESTS = PATHS[:2], PATHS[2:8]


def allowed(may_write: MayWrite) -> tuple[str, ...]:
    return tuple(path for path in PATHS if may_write(path) is None)


def test_who_may_write_what_of_an_open_plan() -> None:
    assert allowed(of_component(OPEN, OPEN.components[0])) == CODE
    assert allowed(of_tests(OPEN, "the tester")) == TESTS
    assert allowed(of_tests(OPEN, "the tester", ["tests/test_clock.py"])) == ("tests/test_clock.py",)
    assert allowed(alone(OPEN)) == (*CODE, *TESTS)
    assert allowed(repairs(OPEN)) == CODE


def test_what_was_written_becomes_the_plans() -> None:
    old, new = FileRef("1" * 64), FileRef("2" * 64)
    before = {"kept.py": old, "changed.py": old, "gone.py": old, "tests/test_old.py": old}
    after = {"kept.py": old, "changed.py": new, "new.py": new, "tests/test_old.py": old, "tests/test_new.py": new}
    made = named(OPEN, before, after)
    assert (made.components[0].files, made.tests) == (("changed.py", "new.py"), ("tests/test_new.py",))
    assert Plan.model_validate(made.model_dump(mode="json")) == made
    assert "dispute_test" in str(repairs(made)("tests/test_new.py"))
    assert "dispute_test" not in str(repairs(made, disputes=False)("tests/test_new.py"))
