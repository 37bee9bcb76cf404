from pathlib import Path

import pytest

from passwords.cli import main
from passwords.making import phrase, random_password
from passwords.strength import bits, verdict


def test_every_kind_of_character_is_in_it() -> None:
    password = random_password(4, signs=True)
    assert len(password) == 4
    assert sorted(character.isdigit() for character in password) == [False, False, False, True]


def test_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        random_password(2)


def test_a_phrase_needs_a_long_list() -> None:
    with pytest.raises(ValueError, match="fewer than 100"):
        phrase(["one"] * 500, 4)


def test_entropy() -> None:
    assert bits(2, 8) == 8
    assert [verdict(entropy) for entropy in (49.9, 50, 79.9, 80)] == ["weak", "good", "good", "strong"]


def test_the_program_makes_a_phrase(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = tmp_path / "words"
    words.write_text("\n".join(f"word{number}" for number in range(200)), encoding="utf-8")
    assert main(["--words", "3", "--list", str(words)]) == 0
    assert len(capsys.readouterr().out.strip().split("-")) == 3
    assert main(["--length", "2"]) == 1
