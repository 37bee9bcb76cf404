"""A check that is run again on the same files costs time and says the same; on other files it must run."""

from __future__ import annotations

from collections.abc import Collection

from slipway.checks import Cached, Found, NotRun, Subject, ground, run_checks
from slipway.checks.findings import finding
from slipway.sandboxes import FakeSandbox, FileContent, Sandbox, Toolset
from slipway.state import CheckResult, Manifest


class Counting:
    """Reads Python files, and says how often it ran."""

    name = "counting"
    blocking = True
    needs: tuple[Toolset, ...] = ()
    seconds = 10.0

    def __init__(self, lacking: str = "") -> None:
        self.ran = 0
        self._lacking = lacking

    def inputs(self, manifest: Manifest) -> Collection[str]:
        return [path for path in manifest if path.endswith(".py")]

    async def run(self, subject: Subject) -> Found:
        self.ran += 1
        if self._lacking:
            raise NotRun(self._lacking)
        return Found([finding(self.name, f"run {self.ran}", severity="warning")])


class Kept(dict[str, CheckResult]):
    """Results in memory."""

    async def get(self, digest: str) -> CheckResult | None:  # type: ignore[override]
        return super().get(digest)

    async def put(self, digest: str, result: CheckResult) -> None:
        self[digest] = result


async def test_it_runs_where_what_it_reads_or_stands_on_is_another(sandbox: Sandbox) -> None:
    counting, kept = Counting(), Kept()

    async def said(on: str = "g", **files: str) -> CheckResult:
        await sandbox.write({name.replace("_", "."): FileContent(text.encode()) for name, text in files.items()})
        [result] = (await run_checks([Cached(counting, kept, on)], sandbox, "v")).results
        return result

    first = await said(a_py="1")
    assert (first.findings[0].message, first.cached) == ("run 1", False)
    again = first.model_copy(update={"cached": True})
    assert await said() == again
    assert await said(README_md="hello") == again  # it does not read that
    assert (await said(a_py="2")).findings[0].message == "run 2"
    assert (await said(b_py="1")).findings[0].message == "run 3"
    assert (await said(on="other")).findings[0].message == "run 4"
    await sandbox.remove(["b.py"])
    assert (await said(a_py="1")) == again


async def test_what_did_not_run_may_run_the_next_time(sandbox: Sandbox) -> None:
    counting, kept = Counting("no tool"), Kept()
    await sandbox.write({"a.py": FileContent(b"1")})
    for _ in range(2):
        await run_checks([Cached(counting, kept, "g")], sandbox, "v")
    assert (counting.ran, kept) == (2, {})


def test_the_ground_is_the_same_as_long_as_nothing_changed() -> None:
    assert ground("a", "b") == ground("a", "b") != ground("ab")


class Single(FakeSandbox):
    """A sandbox that has no fork to give."""

    async def fork(self) -> FakeSandbox:
        raise AssertionError("what is known needs no fork")


async def test_what_is_known_costs_no_fork(sandbox: Sandbox) -> None:
    """A gate where nothing changed has to answer at once."""
    counting, kept = Counting(), Kept()
    files = {"a.py": FileContent(b"1")}
    await sandbox.write(files)
    cached = Cached(counting, kept, "g")
    first = await run_checks([cached], sandbox, "v")
    single = Single()
    await single.write(files)
    [again] = (await run_checks([cached], single, "v")).results
    assert (counting.ran, again) == (1, first.results[0].model_copy(update={"cached": True}))
