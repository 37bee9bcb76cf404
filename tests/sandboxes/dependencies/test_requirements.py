"""Only packages by name can be judged: every other way to name one must be refused, in words that tell the line."""

from __future__ import annotations

import pytest

from slipway.sandboxes.dependencies import DependenciesRefused
from slipway.sandboxes.dependencies.requirements import read_requirements

HASH = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64


def test_lines_are_read_in_one_order_whatever_their_shape() -> None:
    text = """
    # what we need
    Flask_Login >= 0.6 ; python_version > "3.8"   # for people
    a[x,y]==1.0
    """
    assert [(one.name, one.written, one.pinned) for one in read_requirements(text)] == [
        ("a", "a[x,y]==1.0", "1.0"),
        ("flask-login", 'flask-login>=0.6; python_version > "3.8"', None),
    ]
    assert [one.written for one in read_requirements("pip.whl")] == ["pip-whl"]  # not a file that lies there
    lock = f"b==2.0 \\\n    --hash={OTHER} \\\n    --hash={HASH}\na==1.0 --hash {HASH}\n"
    assert [(one.line, one.hashes) for one in read_requirements(lock)] == [
        (f"a==1.0 --hash={HASH}", frozenset({HASH})),
        (f"b==2.0 --hash={HASH} --hash={OTHER}", frozenset({HASH, OTHER})),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("-r other.txt", "options are not taken"),
        ("--index-url https://evil.example/simple", "options are not taken"),
        ("-e .", "options are not taken"),
        ("a --index-url=https://evil.example", "options are not taken"),
        ("a @ https://evil.example/a.whl", "addresses are not taken, only names"),
        ("a @ git+https://evil.example/a", "addresses are not taken, only names"),
        ("a==1 --hash=md5:abc", "a hash must be sha256"),
        (f"a==1 --hash={HASH}x", "a hash must be sha256"),
    ],
)
def test_what_is_no_plain_requirement(line: str, reason: str) -> None:
    with pytest.raises(DependenciesRefused) as caught:
        read_requirements(f"good\n{line}\n")
    assert str(caught.value) == f"{line!r} is not a plain requirement such as 'httpx>=0.27': {reason}"


@pytest.mark.parametrize("line", ["./folder", "https://evil.example/a.whl", "git+ssh://evil", "a b", "ü", "../a"])
def test_what_is_no_name(line: str) -> None:
    with pytest.raises(DependenciesRefused, match="is not a plain requirement"):
        read_requirements(line)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(f"a==1 --hash={HASH}\nb==1", "'b' has no hash"), (f"a>=1 --hash={HASH}", "'a' has no exact version")],
)
def test_a_lock_is_whole_or_none(text: str, reason: str) -> None:
    """pip would take a file without a hash from whoever serves it."""
    with pytest.raises(DependenciesRefused) as caught:
        read_requirements(text)
    assert str(caught.value).startswith(reason)
