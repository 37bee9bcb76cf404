"""Where files are is decided by globs alone, so it is a function of paths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.layout import layout_findings
from slipway.config.pack import Layout, Place

LAYOUT = Layout(
    required=(Place(path="*/cli.py", reason="one place"), Place(path="README.md", reason="says it")),
    allowed=(Place(path="*/**/*.py", reason="modules"), Place(path="img/*.{png,svg}", reason="pictures")),
)


def places(layout: Layout, paths: list[str]) -> list[tuple[str | None, str | None]]:
    return [(each.rule, each.file) for each in layout_findings("conventions", layout, paths)]


def test_what_is_required_is_allowed_and_the_rest_is_named() -> None:
    paths = ["README.md", "app/cli.py", "app/deep/er.py", "img/a.svg", "img/a.gif", "setup.py", "img/b/a.svg"]
    assert places(LAYOUT, paths) == [("layout-not-allowed", path) for path in ("img/a.gif", "setup.py", "img/b/a.svg")]


def test_what_is_missing_is_told_with_its_reason() -> None:
    first, second = layout_findings("conventions", LAYOUT, ["app/deep/cli.py"])
    assert (first.rule, first.file, first.message) == (
        "layout-missing", "*/cli.py", "no file matches '*/cli.py', which the layout needs: one place",
    )  # fmt: skip
    assert (second.rule, second.file) == ("layout-missing", "README.md")


def test_whoever_misplaces_a_file_is_told_the_places() -> None:
    [found] = layout_findings("conventions", LAYOUT, ["README.md", "a/cli.py", "x"])
    assert found.hint.splitlines()[1:] == [
        "*/cli.py: one place", "README.md: says it", "*/**/*.py: modules", "img/*.{png,svg}: pictures",
    ]  # fmt: skip


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), unique=True))
def test_a_layout_without_places_allows_everything(paths: list[str]) -> None:
    assert places(Layout(), paths) == []
