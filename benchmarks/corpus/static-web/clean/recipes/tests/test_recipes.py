import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RECIPES = sorted(path for path in ROOT.glob("*.html") if path.name != "index.html")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_listed_and_its_amounts_agree(recipe: Path) -> None:
    assert f'href="{recipe.name}"' in (ROOT / "index.html").read_text(encoding="utf-8")
    amounts = re.findall(r'data-amount="(\d+)">(\d+)<', recipe.read_text(encoding="utf-8"))
    assert len(amounts) == 3
    assert all(kept == shown for kept, shown in amounts)
