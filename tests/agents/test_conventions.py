"""A pack is told where it is needed: what stands in a role's instructions is paid for with each of its calls."""

from __future__ import annotations

import pytest

from slipway.agents import conventions, template_of
from slipway.config import Role
from slipway.config.packing import find_pack, pack_names

HEADS = ("These files have to be there:", "Commands, run at the root:", "Rules:", "The smallest project")


def told(text: str) -> list[str]:
    return [head for head in HEADS if head in text]


@pytest.mark.parametrize("name", pack_names())
def test_each_role_is_told_what_its_work_needs(name: str) -> None:
    """Who plans files has to know which there may be; who writes code, what it must not say."""
    pack = find_pack(name)
    layout, commands, rules, template = HEADS
    roles: dict[Role, list[str]] = {
        "architect": [commands], "coder": [commands, rules], "tester": [commands], "fixer": [commands],
    }  # fmt: skip
    assert {role: told(conventions(pack, role)) for role in roles} == roles
    assert told(conventions(pack, "architect", whole=True)) == [layout, commands, rules, template]
    assert all(pack.instructions.strip() in conventions(pack, role) for role in roles)


def test_a_writer_is_shown_its_part_of_the_template() -> None:
    """As it is on disk; of a pack that there is not, nothing."""
    pack = find_pack("python-cli")
    shown = template_of(pack, lambda path: path.startswith("tests/"))
    assert shown and all(text == pack.template[path].decode().rstrip() for path, text in shown.items())
    assert all(path.startswith("tests/") for path in shown)
    assert template_of(None, lambda path: True) == {}
