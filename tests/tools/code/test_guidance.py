"""A project's own word to agents: the nearest counts most, and it can neither flood nor hide."""

from __future__ import annotations

from slipway.tools.code import Guidance, guidance

FILES = {
    "AGENTS.md": b"root\n",
    "CLAUDE.md": b"root\n",
    "app/AGENTS.md": "near\u202e\u200b\x1b[31m".encode(),
    "app/deep/CLAUDE.md": b"nearest",
    "other/AGENTS.md": b"elsewhere",
    "skills/db/SKILL.md": b"skill",
    "docs/agents.md": b"not guidance",
    "empty/AGENTS.md": b" \n",
}


def test_of_the_whole_project() -> None:
    assert [(each.path, each.text) for each in guidance(FILES)] == [
        ("AGENTS.md", "root"), ("app/AGENTS.md", "near[31m"), ("other/AGENTS.md", "elsewhere"),
        ("app/deep/CLAUDE.md", "nearest"), ("skills/db/SKILL.md", "skill"),
    ]  # fmt: skip


def test_for_a_path_the_nearest_comes_first() -> None:
    found = [each.path for each in guidance(FILES, "app/deep/x.py")]
    assert found == ["app/deep/CLAUDE.md", "app/AGENTS.md", "AGENTS.md", "skills/db/SKILL.md"]


def test_it_is_bounded() -> None:
    files = {f"d{n:03}/SKILL.md": b"%d " % n + b"x" * 20_000 for n in range(100)}
    found = guidance(files)
    assert len(found) == 20
    assert found[0] == Guidance("d000/SKILL.md", "0 " + "x" * 7_998 + "\n[the rest is left out]")
