from pathlib import Path

from app.work import copy


def test_it_copies(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text().startswith("one")
