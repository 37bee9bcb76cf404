import json
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_question_has_one_right_answer_among_different_ones() -> None:
    questions = json.loads((ROOT / "data/questions.json").read_text(encoding="utf-8"))
    assert len(questions) >= 3
    for question in questions:
        assert question["text"].endswith("?")
        assert len(set(question["answers"])) == len(question["answers"])
        assert 0 <= question["right"] < len(question["answers"])
