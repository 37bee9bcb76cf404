"""What failing tests executed goes into every repair's prompt: short, and beginning with what tells most."""

from __future__ import annotations

from slipway.agents.fixer import shown


def test_what_was_executed_is_a_line_a_test() -> None:
    many = tuple(f"{n}.py:1" for n in range(9))
    long = "a.py:" + ",".join(str(line) for line in range(1, 99, 2))
    assert shown({"t": ("a.py:1-3", "b.py:2"), "u": many, "v": (long,), "w": ()}) == (
        "t: a.py:1-3, b.py:2\n"
        "u: 0.py:1, 1.py:1, 2.py:1, 3.py:1, 4.py:1, 5.py:1, and 3 more files\n"
        "v: a.py:1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,..."
    )
