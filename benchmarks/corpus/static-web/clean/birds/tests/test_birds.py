import json
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_bird_has_all_that_is_shown() -> None:
    birds = json.loads((ROOT / "data/birds.json").read_text(encoding="utf-8"))
    assert all(set(bird) == {"name", "cm", "where"} and 0 < bird["cm"] < 200 for bird in birds)
    assert len({bird["name"] for bird in birds}) == len(birds) == 5
