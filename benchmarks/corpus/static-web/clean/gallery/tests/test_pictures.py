import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "index.html").read_text(encoding="utf-8")


def test_every_picture_is_there() -> None:
    named = set(re.findall(r'(?:src|data-large)="(img/[^"]+)"', PAGE))
    assert named == {path.relative_to(ROOT).as_posix() for path in (ROOT / "img").iterdir()}


def test_every_picture_is_described() -> None:
    assert all(re.search(r'alt="[^"]+"', tag) for tag in re.findall(r"<img [^>]+>", PAGE))
