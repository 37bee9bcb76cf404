"""Text that stands for code is found, and code that only looks a little like it is left alone."""

from __future__ import annotations

import pytest

from slipway.tools.placeholders import left_out


@pytest.mark.parametrize(
    "line",
    [
        "# ... existing code ...", "    // ... rest unchanged ...", "... rest of the file ...",
        "/* ... other methods */",
        "# rest of the code...", "// the remaining methods \u2026", "# The rest of the file remains unchanged.",
        "# rest of the class stays the same", "[rest of the file omitted]", "<!-- existing code -->",
        "(\u2026 unchanged \u2026)",
        "-- previous definitions unchanged", "# your code here", "# Add tests here", "# implementation goes here",
        "# ... (same as before)", "{/* ... existing code ... */}", '"""... rest of the implementation ..."""',
        "# existing code", "// ... omitted",
    ],
)  # fmt: skip
def test_what_stands_for_code(line: str) -> None:
    assert left_out(f"x = 1\n{line}\n") == (2, line.strip())


@pytest.mark.parametrize(
    "line",
    [
        "...", "    ...", "def f() -> None: ...", "print('... and the rest')", "# the rest of the file is padding",
        "# other imports", "[other]", "# Same as in RFC 9110: a token.", "- rest", "x = rest[...]", "# previous value",
        "return previous, rest", "# existing codes are kept", "# remaining time in seconds", "await rest()  # ...",
        "# more here than meets the eye", "(other)", "<same>", "# TODO: rest", "... and so on", "// restore the state",
        "# The existing file is replaced as a whole.", "# an implementation of RFC 9110",
    ],
)  # fmt: skip
def test_what_only_looks_like_it(line: str) -> None:
    """Each of these stands in real programs; refused, a model could not write them at all."""
    assert left_out(line) is None


def test_what_the_file_says_already_may_stay() -> None:
    """An edit beside such a line copies it."""
    assert left_out("a\n# ... rest unchanged ...", {"# ... rest unchanged ..."}) is None
