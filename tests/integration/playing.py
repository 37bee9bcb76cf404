"""A small project that is played by a script of a test's own: who says what is said in a few lines.

`money.py` reads and prints amounts; the brief has two criteria, the plan one component and one file of tests. A test
changes the replies of one role and looks at what becomes of the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from slipway.config import Lineup, parse_lineup

REQUEST = "Write money.py: cents('12.50') is 1250, cents('12') is 1200."
RIGHT = '''"""Amounts of money."""


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])
'''
WRONG = RIGHT.replace('int((rest + "00")[:2])', 'int(rest or "0")')  # 12.5 is 1205
TESTS = """from money import cents


def test_c1_two_decimals():
    assert cents("12.50") == 1250


def test_c2_fewer_decimals():
    assert cents("12") == 1200
    assert cents("12.5") == 1250
"""
BRIEF: dict[str, Any] = {
    "title": "money", "goal": "Read amounts as whole cents.",
    "requirements": [{"id": "R1", "text": "Amounts are read exactly."}],
    "criteria": [
        {"id": "C1", "text": "Two decimals are cents.", "requirement": "R1"},
        {"id": "C2", "text": "Fewer decimals are fine.", "requirement": "R1"},
    ],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "summary": "One function.",
    "components": [
        {"id": "money", "purpose": "Read amounts.", "files": ["money.py"], "interface": "cents(text: str) -> int"}
    ],
    "tests": ["tests/test_money.py"],
}

Turn = dict[str, Any]


def write(path: str, content: str) -> Turn:
    """A turn that writes one file."""
    return call("write_file", path=path, content=content)


def call(name: str, **arguments: Any) -> Turn:
    """A turn that calls one tool."""
    return {"content": "", "tool_calls": [{"name": name, "arguments": arguments}]}


def say(text: str) -> Turn:
    """A turn that says something and is the last one."""
    return {"content": text}


@dataclass(frozen=True)
class Part:
    """The turns of one conversation, known by the texts that stand in it."""

    role: str
    contains: tuple[str, ...]
    turns: Sequence[Turn]

    def rules(self) -> list[dict[str, Any]]:
        """As rules of a script."""
        return [
            {"role": self.role, "when": {"turn": turn, "contains": list(self.contains)}, "reply": reply}
            for turn, reply in enumerate(self.turns)
        ]


@dataclass(frozen=True)
class Play:
    """Who says what. Of several parts that fit a conversation, the one with the most marks is played."""

    brief: Mapping[str, Any] = field(default_factory=lambda: BRIEF)
    plan: Mapping[str, Any] = field(default_factory=lambda: PLAN)
    coder: Sequence[Turn] = (write("money.py", RIGHT), say("Done."))
    tester: Sequence[Turn] = (write("tests/test_money.py", TESTS), say("Done."))
    fixer: Sequence[Turn] = (say("It is done."),)
    parts: tuple[Part, ...] = ()

    def but(self, **changes: Any) -> Play:
        """The same with something else."""
        return replace(self, **changes)

    def script(self, folder: Path) -> Path:
        """A script that plays it."""
        names = [component["id"] for component in self.plan["components"]]
        parts = [
            Part("architect", ("## Task: brief",), [say(json.dumps(self.brief))]),
            Part("architect", ("## Task: plan",), [say(json.dumps(self.plan))]),
            Part("tester", ("## Task: tests",), self.tester),
            *[Part("coder", (f"## Component: {name}",), self.coder) for name in names],
            Part("fixer", ("## Findings",), self.fixer),
            *self.parts,
        ]
        rules = [rule for part in parts for rule in part.rules()]
        file = folder / f"play-{len(list(folder.glob('play-*')))}.json"  # JSON is YAML
        file.write_text(json.dumps({"name": "play", "request": REQUEST, "rules": rules}))
        return file

    def lineup(self, folder: Path, *, stronger: bool = False, **role: Any) -> Lineup:
        """A line-up that plays it; `stronger` lets the architect's model be another one than the fixer's."""
        file = self.script(folder)
        roles = {"architect": {"model": f"scripted:{file}?latency=0.0"}} if stronger else {}
        default = {
            "model": f"scripted:{file}",
            "max_calls": 8,
            "price": {"input": 1, "cached": 0.1, "output": 5},
            **role,
        }
        return parse_lineup({"name": "play", "default": default, "roles": roles}, source="play")


@dataclass(frozen=True)
class Held:
    """The answer to one turn of a conversation that is not given when it is first asked for.

    Whoever asks then is in the middle of that call until it is killed, however fast or slow the machine is.
    """

    role: str
    turn: int
    contains: str
    times: int = 1

    def holds(self, rule: Mapping[str, Any]) -> bool:
        """Whether this is the rule of a script that it means."""
        when = rule["when"]
        return (rule["role"], when["turn"]) == (self.role, self.turn) and self.contains in when["contains"]


def holding(script: Path, *held: Held) -> Path:
    """The script, with these answers held."""
    told = json.loads(script.read_text())
    for one in held:
        rule = max(filter(one.holds, told["rules"]), key=lambda rule: len(rule["when"]["contains"]))
        rule["reply"]["fault"] = {"kind": "silence", "times": one.times}
    script.write_text(json.dumps(told))
    return script


SHOW = """from money import cents
from names import NAME


def shown(text):
    return f"{NAME} {cents(text)}"
"""
NAMES = {"id": "names", "purpose": "Hold a name.", "files": ["names.py"], "interface": "NAME: str"}
SHOWN = {
    "id": "shown", "purpose": "Show an amount.", "files": ["shown.py"], "interface": "shown(text: str) -> str",
    "depends_on": ["money", "names"],
}  # fmt: skip
TIMED = call("run", command="python -m timeit -n 20 pass")
"""What it says is another thing each time, and stands in the prompts that follow."""
LOOK = call("list_files")

WHOLE = Play(
    plan={**PLAN, "components": [*PLAN["components"], NAMES, SHOWN]},
    coder=(LOOK, TIMED, write("money.py", WRONG)),
    tester=(LOOK, write("tests/test_money.py", TESTS)),
    parts=(
        Part("coder", ("## Component: names", "Hold a name."), (LOOK, TIMED, write("names.py", 'NAME = "sum"\n'))),
        Part("coder", ("## Component: shown", "Show an amount."), (LOOK, write("shown.py", SHOW))),
    ),
    fixer=(
        call("read_file", path="money.py"),
        LOOK,
        TIMED,
        call("edit_file", path="money.py", old='int(rest or "0")', new='int((rest + "00")[:2])'),
    ),
)
"""What a run can have, in 16 calls and two seconds: three agents at once, tools, a second wave, a fault, its repair."""
CALLS = 16
