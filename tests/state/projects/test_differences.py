"""Two runs changed one project: what can be joined must be joined right, and what cannot must never be guessed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.state import EMPTY_VERSION, Change, Fence, FileRef, ProjectStore
from slipway.state.projects.differences import Merged, PathDiff, changes_between, merge, three_way
from slipway.state.projects.merging import merge_text
from slipway.state.records import Manifest

A, B, C = (FileRef(letter * 64) for letter in "abc")
RUN_A = FileRef(A.digest, executable=True)


def test_each_path_is_named_with_who_changed_it() -> None:
    base = {"same": A, "ours": A, "theirs": A, "alike": A, "both": A, "gone": A, "mine gone": A}
    ours = {"same": A, "ours": B, "theirs": A, "alike": B, "both": B, "new": A, "gone": B}
    theirs = {"same": A, "ours": A, "theirs": B, "alike": B, "both": C, "new": B, "mine gone": A, "other": A}
    assert three_way(base, ours, theirs) == (
        PathDiff("alike", "both", A, B, B),
        PathDiff("both", "conflict", A, B, C),
        PathDiff("gone", "conflict", A, B, None),
        PathDiff("mine gone", "ours", A, None, A),
        PathDiff("new", "conflict", None, A, B),
        PathDiff("other", "theirs", None, None, A),
        PathDiff("ours", "ours", A, B, A),
        PathDiff("theirs", "theirs", A, A, B),
    )


def test_what_does_not_touch_is_joined() -> None:
    """A mode and a content are two things of one file."""
    base = {"a": A, "b": A, "c": A, "mode": A}
    ours = {"a": B, "b": A, "mode": B, "new": A}
    theirs = {"a": A, "c": A, "mode": RUN_A}
    both = {"a": B, "mode": FileRef(B.digest, True), "new": A}
    changes = {"b": Change(A, None), "mode": Change(B, FileRef(B.digest, True))}
    assert merge(base, ours, theirs) == Merged(both, changes, ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "conflicts"),
    [
        ({"a": A}, {"a": B}, {"a": C}, ("a",)),
        ({"a": A}, {"a": B}, {}, ("a",)),
        ({"a": A}, {}, {"a": B}, ("a",)),
        ({}, {"a": A}, {"a": B}, ("a",)),
        ({}, {"a": A}, {"a/b": A}, ("a", "a/b")),
        ({}, {"a/b/c": A}, {"a": A}, ("a", "a/b/c")),
    ],
)
def test_a_conflict_keeps_ours(base: Manifest, ours: Manifest, theirs: Manifest, conflicts: tuple[str, ...]) -> None:
    assert merge(base, ours, theirs) == Merged(ours, {}, conflicts)


MANIFESTS = st.dictionaries(st.sampled_from(["a", "b", "c", "d/e", "d/f"]), st.sampled_from([A, B, C, RUN_A]))


@given(base=MANIFESTS, ours=MANIFESTS, theirs=MANIFESTS)
def test_merging_is_fair_and_its_changes_lead_there(base: Manifest, ours: Manifest, theirs: Manifest) -> None:
    merged, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert merged.conflicts == other.conflicts
    assert changes_between(ours, merged.manifest) == merged.changes
    if not merged.conflicts:
        assert merged.manifest == other.manifest
    assert merge(base, ours, base) == Merged(ours, {}, ())
    assert merge(base, base, theirs).manifest == merge(theirs, theirs, theirs).manifest == theirs


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d", b"\r\n"]), max_size=12).map(b"".join)


@given(base=LINES, ours=LINES, theirs=LINES)
def test_joining_lines_is_fair_and_takes_either_side_alone(base: bytes, ours: bytes, theirs: bytes) -> None:
    assert merge_text(base, ours, base) == merge_text(base, ours, ours) == merge_text(ours, ours, ours) == ours
    assert merge_text(base, base, theirs) == theirs
    assert merge_text(base, ours, theirs) == merge_text(base, theirs, ours)


def test_lines_that_do_not_touch_are_joined() -> None:
    base = b"import a\n\ndef one():\n    return 1\n\ndef two():\n    return 2\n"
    ours, theirs = base.replace(b"1", b"11"), base.replace(b"import a\n", b"import a\nimport b\n") + b"end"
    assert merge_text(base, ours, theirs) == theirs.replace(b"return 1\n", b"return 11\n")
    assert merge_text(base, ours, base.replace(b"return 1", b"return 3")) is None
    assert merge_text(base, base + b"x\n", base + b"y\n") is None
    assert merge_text(base, base + b"\0", base + b"y\n") is None
    assert merge_text(b"a\n" * 10_001, b"", b"") is None


EDITED = st.lists(st.tuples(st.integers(0, 29), st.sampled_from(["-", "+", "x"])), max_size=4)


def edited(edits: list[tuple[int, str]], mark: str) -> bytes:
    lines = [f"line {number}\n" for number in range(30)]
    for at, kind in edits:
        lines[at] = {"-": "", "+": f"{lines[at]}{mark} new {at}\n", "x": f"{mark} {at}\n"}[kind]
    return "".join(lines).encode()


@pytest.mark.skipif(shutil.which("git") is None, reason="compares with git, which is not there")
@given(mine=EDITED, other=EDITED)
@settings(max_examples=40, deadline=None)
def test_what_we_join_git_joins_alike(
    tmp_path_factory: pytest.TempPathFactory, mine: list[tuple[int, str]], other: list[tuple[int, str]]
) -> None:
    base, ours, theirs = edited([], ""), edited(mine, "mine"), edited(other, "other")
    joined = merge_text(base, ours, theirs)
    if joined is None:
        return
    folder = tmp_path_factory.mktemp("merge")
    names: list[Path] = []
    for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
        names.append(folder / name)
        names[-1].write_bytes(text)
    done = subprocess.run(["git", "merge-file", "-p", *names], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, joined)


async def publish(projects: ProjectStore, fence: Fence, step: str, files: dict[str, bytes]) -> str:
    revision = await projects.newest("p", fence.run)
    assert revision
    held = await projects.manifest("p", revision.version)
    digests = await projects.put_blobs("p", fence, list(files.values()))
    changes = {path: Change(held.get(path), FileRef(digest)) for path, digest in zip(files, digests, strict=True)}
    return (await projects.publish("p", fence, step=step, attempt=0, changes=changes)).version


async def test_versions_are_compared_and_merged_in_the_store(projects: ProjectStore, fence: Fence) -> None:
    """What a delivery does when the project moved on: the result is ready to be published, and checked again."""
    base = await publish(projects, fence, "base", {"a": b"1\n2\n3\n4\n", "b": b"b", "c": b"c"})
    theirs = await publish(projects, fence, "theirs", {"a": b"1\n2\n3\n5\n", "b": b"theirs", "d": b"d"})
    await projects.restore("p", fence, step="back", attempt=0, version=base)
    ours = await publish(projects, fence, "ours", {"a": b"0\n2\n3\n4\n", "b": b"ours"})
    diffs = await projects.diff("p", base, ours, theirs)
    assert [(diff.path, diff.side) for diff in diffs] == [("a", "conflict"), ("b", "conflict"), ("d", "theirs")]
    merged = await projects.merge("p", fence, base=base, ours=ours, theirs=theirs)
    assert merged.conflicts == ("b",)
    done = await projects.publish("p", fence, step="merge", attempt=0, changes=merged.changes)
    assert await projects.manifest("p", done.version) == merged.manifest
    assert {path: data for path, (data, _) in (await projects.files("p", done.version)).items()} == {
        "a": b"0\n2\n3\n5\n", "b": b"ours", "c": b"c", "d": b"d",
    }  # fmt: skip
    assert await projects.diff("p", EMPTY_VERSION, EMPTY_VERSION, EMPTY_VERSION) == ()
