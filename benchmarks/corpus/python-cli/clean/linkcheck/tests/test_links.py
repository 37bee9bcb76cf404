from pathlib import Path

import pytest

from linkcheck.cli import main
from linkcheck.links import broken_links, links

TEXT = "See [one](one.md) and [two](<two.md> \"title\").\n\n```\n[no](link.md)\n```\n\n[last](last.md#part)\n"


def test_links_have_their_lines_and_code_has_none() -> None:
    assert list(links(TEXT)) == [(1, "one.md"), (1, "two.md"), (7, "last.md#part")]


def test_only_files_that_are_missing_are_broken(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](a%20b.md) [web](https://example.org/x) [top](#top) [gone](gone.md)", encoding="utf-8")
    (tmp_path / "a b.md").touch()
    assert [link.target for link in broken_links(page)] == ["gone.md"]


def test_the_program_names_page_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.md").write_text("\n[gone](gone.md)\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{tmp_path}/page.md:2: gone.md\n"


def test_a_place_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err
