"""What `.gitignore` excludes is what git says, or a person's secrets come along and their sources stay behind."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.graphs.sources.ignoring import Rules
from slipway.graphs.sources.walking import read_source

_NAMES = st.sampled_from(["a", "b", "ab", "a.x", "b.x", "d", "e f"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
_PATTERNS = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "!", "/", "!/", "**/"]),
        st.sampled_from(
            [
                "a",
                "b",
                "*",
                "*.x",
                "a*",
                "?",
                "[ab]",
                "[!a]",
                "[]a-b]",
                "[[:alpha:]]",
                "[a",
                "a\\",
                "d",
                "**",
                "e f",
                "\\a",
            ]
        ),
        st.sampled_from(["", "/", "/*", "/**", "/b", "/*.x", "/**/a"]),
        st.sampled_from(["", " ", "\r"]),
    ),
    st.sampled_from(["", "# a", "\\#", "!", "/", "*/", "**/", "!*/", "a//b"]),
)


def _without_clashes(paths: list[str]) -> list[str]:
    return [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paths=st.lists(_PATHS, min_size=1, max_size=12).map(_without_clashes),
    outer=st.lists(_PATTERNS, max_size=5),
    inner=st.lists(_PATTERNS, max_size=3),
    at=st.sampled_from(["a", "b", "d"]),
)
def test_the_same_files_are_read_as_git_lists(
    git: Any, lay: Any, paths: list[str], outer: list[str], inner: list[str], at: str
) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        files = dict.fromkeys(paths, b"x") | {".gitignore": "\n".join(outer).encode()}
        if at not in files:
            files[f"{at}/.gitignore"] = "\n".join(inner).encode()
        lay(root, files)
        git(root, "init", "-q")
        listed = git(root, "ls-files", "-z", "--others", "--exclude-standard").split("\0")[:-1]
        assert sorted(read_source(root).files) == sorted(listed)


def test_no_rule_makes_it_slow() -> None:
    rules = Rules().within("", b"*a" * 100 + b"b\n" + b"**/a/" * 100 + b"b\n")
    started = time.perf_counter()
    assert not rules.exclude("a" * 250, is_folder=False) and not rules.exclude("a/" * 1000 + "c", is_folder=False)
    assert time.perf_counter() - started < 60
