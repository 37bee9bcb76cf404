"""Which versions an advisory is about, whatever the order of its events; and npm's ranges in Python's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from slipway.checks.security.advisories import AdvisoriesUnreadable, Advisory, read_advisories, wanted_of

VERSIONS = st.builds(lambda *parts: Version(".".join(map(str, parts))), *[st.integers(0, 3)] * 3)


@given(st.lists(VERSIONS, min_size=2, max_size=6, unique=True), VERSIONS)
def test_a_version_is_affected_between_each_beginning_and_its_end(bounds: list[Version], version: Version) -> None:
    bounds = sorted(bounds)[: len(bounds) // 2 * 2]
    pairs = list(zip(bounds[::2], bounds[1::2], strict=True))
    events = [(start, "introduced") for start, _ in pairs] + [(end, "fixed") for _, end in pairs]
    advisory = Advisory("A", "", (tuple(sorted(events)),), frozenset())
    assert advisory.affects(version) == any(start <= version < end for start, end in pairs)
    assert all(not advisory.affects(fixed) for fixed in advisory.fixed(version))


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("^1.2.3", "1.9.0", "2.0.0"), ("^0.2.3", "0.2.9", "0.3.0"), ("^0.0.3", "0.0.3", "0.0.4"),
        ("~1.2.3", "1.2.9", "1.3.0"),
        ("~1", "1.9.0", "2.0.0"), ("1.2.3", "1.2.3", "1.2.4"), ("1.x", "1.9.0", "2.0.0"), ("1.2", "1.2.9", "1.3.0"),
        (">=1.2.0 <2.0.0", "1.9.9", "2.0.0"), (">= 1.2.0", "3.0.0", "1.1.0"), ("^1", "1.9.0", "2.0.0"),
    ],
)  # fmt: skip
def test_ranges_of_npm(written: str, inside: str, outside: str) -> None:
    wanted = wanted_of("node", written)
    assert wanted is not None
    assert (wanted.contains(inside), wanted.contains(outside)) == (True, False)


@pytest.mark.parametrize("written", ["latest", "1.0.0 || 2.0.0", "next", "1.0.0 - 2.0.0"])
def test_a_range_that_nobody_can_tell(written: str) -> None:
    assert wanted_of("node", written) is None


@given(st.text(max_size=20))
def test_any_text_may_stand_where_a_range_does(text: str) -> None:
    wanted_of("node", text)
    wanted_of("python", text)


def test_forms_in_which_records_come(tmp_path: Path) -> None:
    one = {"id": "A", "affected": [{"package": {"ecosystem": "PyPI", "name": "X_y"}, "versions": ["1.0", "odd"]}]}
    (tmp_path / "one.json").write_text(json.dumps(one))
    (tmp_path / "list.json").write_text(json.dumps([one]))
    (tmp_path / "lines.jsonl").write_text(f"{json.dumps(one)}\n\n")
    expected = {("python", "x-y"): (Advisory("A", "", (), frozenset({Version("1.0")})),)}
    for name in ("one.json", "list.json", "lines.jsonl"):
        assert read_advisories(tmp_path / name) == expected
    (tmp_path / "other.json").write_text('{"id": 1}')
    with pytest.raises(AdvisoriesUnreadable, match="a record has another form"):
        read_advisories(tmp_path / "other.json")
    with pytest.raises(AdvisoriesUnreadable, match="cannot be read"):
        read_advisories(tmp_path / "missing.json")
