from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_element_that_the_script_asks_for_is_on_the_page() -> None:
    page = (ROOT / "index.html").read_text(encoding="utf-8")
    script = (ROOT / "app.js").read_text(encoding="utf-8")
    asked = [part.partition('"')[0] for part in script.split('getElementById("')[1:]]
    assert [name for name in asked if f'id="{name}"' not in page] == []
    assert len(asked) == 5
