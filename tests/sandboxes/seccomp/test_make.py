"""The numbers come from the kernel's headers. A wrong one would allow another call than the policy names."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.sandboxes.seccomp import calls, make


@pytest.mark.parametrize("machine", sorted(make.HEADERS))
def test_the_table_is_what_the_headers_say(machine: str) -> None:
    """Headers of any age: what only one of the two has, because it is newer, is not compared."""
    found = make.read_numbers(machine)
    reached = min(calls.NEWEST, max(found.values()))
    assert {name: n for name, n in found.items() if n <= reached} == {
        name: n for name, n in calls.NUMBERS[machine].items() if n <= reached
    }


def test_the_checked_in_file_is_what_the_script_makes() -> None:
    assert max(make.read_numbers("x86_64").values()) >= calls.NEWEST, "headers too old to make the table from"
    assert Path(calls.__file__).read_text(encoding="ascii") == make.text()
