"""A check that is run again on the same files costs time and says the same; on other files it must run."""

from __future__ import annotations

from collections.abc import Collection

from slipway.checks import Cached, Subject, ground, run_checks
from slipway.sandboxes import FakeSandbox, FileContent, Sandbox, Toolset
from slipway.state import CheckResult, Manifest


class Counting:
    """Reads Python files, and says how often it ran."""

    name = "counting"
    blocking = True
    needs: tuple[Toolset, ...] = ()
    seconds = 10.0

    def __init__(self, status: str = "passed") -> None:
        self.ran = 0
        self._status = status

    def inputs(self, manifest: Manifest) -> Collection[str]:
        return [path for path in manifest if path.endswith(".py")]

    async def run(self, subject: Subject) -> CheckResult:
        self.ran += 1
        return CheckResult.model_validate({"check": self.name, "status": self._status, "seconds": self.ran})


class Kept(dict[str, CheckResult]):
    """Results in memory."""

    async def get(self, digest: str) -> CheckResult | None:  # type: ignore[override]
        return super().get(digest)

    async def put(self, digest: str, result: CheckResult) -> None:
        self[digest] = result


async def test_it_runs_where_what_it_reads_or_stands_on_is_another(sandbox: Sandbox) -> None:
    counting, kept = Counting(), Kept()
    first = CheckResult(check="counting", status="passed", seconds=1)

    async def said(on: str = "g", **files: str) -> CheckResult:
        await sandbox.write({name.replace("_", "."): FileContent(text.encode()) for name, text in files.items()})
        return await Cached(counting, kept, on).run(Subject(sandbox, await sandbox.snapshot()))

    assert await said(a_py="1") == first
    again = first.model_copy(update={"cached": True})
    assert await said() == again
    assert await said(README_md="hello") == again  # it does not read that
    assert (await said(a_py="2")).seconds == 2
    assert (await said(b_py="1")).seconds == 3
    assert (await said(on="other")).seconds == 4
    await sandbox.remove(["b.py"])
    assert (await said(a_py="1")) == again


async def test_what_did_not_run_may_run_the_next_time(sandbox: Sandbox) -> None:
    counting, kept = Counting("not_run"), Kept()
    for _ in range(2):
        await Cached(counting, kept, "g").run(Subject(sandbox, await sandbox.snapshot()))
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
