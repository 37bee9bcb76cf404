"""The simulated developer is an instrument: it may know nothing but what the prompt says, and not who asks."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shop
from slipway.models.endpoints import Message, PastCall, Tool, ToolCall
from slipway.models.simulated import Options
from slipway.models.simulated.developer import Developer, Turn

SURE = Options(tier="tier-a", repair_wrong=1, repair_crash=1, bias=0)
NEVER = Options(tier="tier-a", repair_wrong=0, repair_crash=0, bias=0, blind=0)


def _tool(name: str, says: str, *arguments: str) -> Tool:
    properties = {argument: {"type": "string"} for argument in arguments}
    return Tool(name, says, {"type": "object", "properties": properties, "required": list(arguments)})


SHELL = _tool("bash", "Execute a command.", "command")
TOOLS = (
    _tool("read_file", "Read a file of the project.", "path"),
    _tool("write_file", "Create a file.", "path", "content"),
    _tool("edit_file", "Replace `old` by `new`.", "path", "old", "new"),
    _tool("run_checks", "Run the checks (syntax, lint, tests) on the project."),
)
FACTS = {
    "requirement": shop.REQUEST,
    "interface": "def line_cents(price: int, amount: int) -> int",
}
CODER = "# Role: coder\nYou write one component of T-0a1b2c."
RED = """FAILED tests/test_shop.py::test_c1_a_line
E       AssertionError: assert 7 == 12
1 failed, 4 passed"""


def ask(*messages: Message | str, tools: tuple[Tool, ...] = TOOLS, options: Options = SURE) -> Turn:
    told = [Message("user", each) if isinstance(each, str) else each for each in messages]
    return Developer(shop.suite()).turn(told, tools, options)


def wrote(turn: Turn, path: str, wrong: dict[str, str], text: str) -> None:
    for old, new in wrong.items():
        text = text.replace(old, new)
    assert turn.acts == (ToolCall(name="write_file", arguments={"path": path, "content": text}),)


def faulty(*bugs: shop.Bug) -> str:
    text = shop.PRICE
    for bug in bugs:
        text = text.replace(bug.old, bug.new)
    return text


def test_whoever_owns_a_file_writes_it_alone_with_the_bugs_of_the_seed() -> None:
    turn = ask(Message("system", CODER), f"{shop.REQUEST}\n\nIt owns shop/price.py.")
    wrote(turn, "shop/price.py", {shop.PLUS.old: shop.PLUS.new}, shop.PRICE)
    assert (turn.part, turn.task, turn.misses) == ("code", "shop", ())


def test_what_the_prompt_does_not_require_is_left_out() -> None:
    turn = ask("T-0a1b2c: a till.\n\nIt owns shop/price.py.", options=Options(bugs=0))
    wrote(turn, "shop/price.py", {shop.NO_DISCOUNT.old: shop.NO_DISCOUNT.new}, shop.PRICE)
    assert turn.misses == (("requirement", "no-discount"),)


@pytest.mark.parametrize("told", [FACTS["interface"], shop.PRICE])
def test_an_interface_that_is_told_or_seen_is_kept(told: str) -> None:
    turn = ask(f"{shop.REQUEST}\n\n{told}\n\nIt owns shop/till.py.", options=Options(bugs=0))
    wrote(turn, "shop/till.py", {}, shop.TILL)


def test_an_interface_that_is_not_known_is_guessed() -> None:
    turn = ask(f"{shop.REQUEST}\n\nIt owns shop/till.py.", options=Options(bugs=0))
    wrote(turn, "shop/till.py", {shop.SWAPPED.old: shop.SWAPPED.new}, shop.TILL)
    assert turn.misses == (("interface", "swapped"),)


def test_whoever_is_to_write_code_and_tests_writes_both() -> None:
    turn = ask(f"{shop.REQUEST}\n\nWrite the code, and its tests in tests/test_shop.py.")
    assert (turn.part, [act.arguments["path"] for act in turn.acts]) == ("all", ["shop/price.py"])


@pytest.mark.parametrize("tools", [TOOLS, (SHELL,)], ids=["tools", "shell"])
def test_a_file_that_another_one_names_is_not_taken_for_written(tools: tuple[Tool, ...]) -> None:
    """A page names its style sheet, a module the one that it imports from."""
    asked = f"{shop.REQUEST}\n\nIt owns shop/price.py and shop/till.py."
    [act] = ask(asked, tools=tools).acts
    named = json.dumps(act.arguments).replace("What a line costs", "It goes with 'shop/till.py'; see shop/till.py")
    past = PastCall("call_0", act.name, named)
    told = ask(asked, Message("assistant", "", (past,)), Message("tool", "done", (), "call_0"), tools=tools)
    assert "shop/till.py" in str(told.acts) and "def total" in str(told.acts)


def test_the_newest_work_counts() -> None:
    """One agent in one conversation is given one thing after the other."""
    first = f"{shop.REQUEST}\n\nIt owns shop/price.py."
    done = Message("assistant", "It is written.")
    assert ask(first, done, f"It owns shop/till.py.\n{shop.PRICE}").acts[0].arguments["path"] == "shop/till.py"
    assert ask(first, done, f"{faulty(shop.PLUS)}\n{RED}").part == "repair"


def test_a_repair_stays_one_when_the_same_tests_fail_again() -> None:
    """A report after a change does not make the task another one, whose files would be written anew."""
    edit = ToolCall(name="edit_file", arguments={"path": "shop/price.py", "old": "a", "new": "b"})
    again = _conversation(edit, f"edited\n{RED}", before=f"T-0a1b2c\n{faulty(shop.PLUS)}\n\n{RED}")
    assert (ask(*again).part, ask(*again).acts) == ("repair", repairing().acts)


def test_what_a_person_says_gives_out_no_work() -> None:
    """A request may speak of files; who does what is said by whoever hands the work on."""
    turn = ask(shop.REQUEST.replace("a till.", "a till; create shop/till.py."))
    assert turn.part in ("code", "all")


def test_without_a_task_it_says_so() -> None:
    turn = ask("Build something.")
    assert (turn.acts, turn.misses) == ((), (("task", ""),))


def repairing(source: str = faulty(shop.PLUS), report: str = RED, **more: Any) -> Turn:
    return ask(f"T-0a1b2c\n{source}\n\n{report}", **more)


def test_with_all_that_is_needed_a_fault_is_repaired() -> None:
    [act] = repairing().acts
    arguments = act.arguments
    assert (act.name, arguments["path"]) == ("edit_file", "shop/price.py")
    assert faulty(shop.PLUS).replace(str(arguments["old"]), str(arguments["new"])) == shop.PRICE


def test_a_repair_that_fails_leaves_the_next_wrong_text() -> None:
    """The number of repairs that failed is read from the source: nothing has to be remembered."""
    texts = [shop.PLUS.new, *shop.PLUS.others, shop.PLUS.new]
    for before, after in pairwise(texts):
        source = shop.PRICE.replace(shop.PLUS.old, before)
        [act] = repairing(source, options=NEVER).acts
        assert source.replace(str(act.arguments["old"]), str(act.arguments["new"])) == shop.PRICE.replace(
            shop.PLUS.old, after
        )


@pytest.mark.parametrize(
    ("source", "report", "misses"),
    [
        pytest.param("", RED, (("source", "plus"),), id="the source"),
        pytest.param(
            faulty(shop.PLUS),
            RED.replace("E       AssertionError: assert 7 == 12", ""),
            (("error", "plus"),),
            id="the error",
        ),
    ],
)
def test_a_fact_that_is_missing_is_named(source: str, report: str, misses: tuple[tuple[str, str], ...]) -> None:
    """Gate misses are what the instrument is for: which fact was not brought to whom."""
    assert repairing(source, report, options=NEVER).misses == misses


def test_a_file_that_is_spoken_of_is_read_before_it_is_repaired() -> None:
    turn = repairing("the file shop/price.py", RED)
    assert turn.acts == (ToolCall(name="read_file", arguments={"path": "shop/price.py"}),)


def test_without_a_failing_test_nothing_is_known_to_be_wrong() -> None:
    turn = ask(f"T-0a1b2c\n{faulty(shop.PLUS)}\n\nIt owns tests/test_shop.py.")
    assert [act.name for act in turn.acts] == ["write_file"]


@pytest.mark.parametrize("report", [
    "5 passed in 0.1s", json.dumps({"returncode": 0, "output": "....\n5 passed in 0.1s\n"}, indent=2),
    "tests: passed, 5 of 5 tests passed in 0.10 s",
])  # fmt: skip
def test_green_is_the_end(report: str) -> None:
    messages = _conversation(ToolCall(name="run_checks"), report)
    turn = ask(*messages)
    assert (turn.acts, turn.text) == ((), "It is done; what was run is green.")


def test_what_was_changed_is_tried_before_it_is_called_done() -> None:
    edit = ToolCall(name="edit_file", arguments={"path": "shop/price.py", "old": "a", "new": "b"})
    assert ask(*_conversation(edit, "edited")).acts == (ToolCall(name="run_checks"),)


def test_a_command_that_ends_the_work_is_obeyed() -> None:
    first, *rest = _conversation(ToolCall(name="bash", arguments={"command": "python -m pytest"}), "5 passed")
    asked = replace(first, text=f"{first.text}\nWhen you are done: `echo FINISHED_WITH_ALL`.")
    turn = ask(asked, *rest, tools=(SHELL,))
    assert turn.acts == (ToolCall(name="bash", arguments={"command": "echo FINISHED_WITH_ALL"}),)


def test_shown_nothing_new_it_does_the_same_again() -> None:
    """Else no framework's eye for loops would ever be tested."""
    turn = repairing("the file shop/price.py")
    again = _conversation(turn.acts[0], "refused", before=f"T-0a1b2c\nthe file shop/price.py\n\n{RED}")
    assert ask(*again).acts == turn.acts


@pytest.mark.parametrize(
    "shown",
    [
        json.dumps({"output": faulty(shop.PLUS), "returncode": 0}),
        "\n".join(f"{number:6}\t{line}" for number, line in enumerate(faulty(shop.PLUS).splitlines(), 1)),
        "\n".join(f"    {line}" for line in faulty(shop.PLUS).splitlines()),
    ],
    ids=["JSON", "numbers", "indented"],
)
def test_code_is_recognised_however_it_is_shown(shown: str) -> None:
    assert repairing(shown).acts == repairing().acts


def test_the_newest_version_wins() -> None:
    """An old listing further up must not be taken for what stands there now."""
    assert repairing(f"{faulty(shop.PLUS)}\nnow:\n{shop.PRICE}", options=NEVER).acts == ()
    assert repairing(f"{shop.PRICE}\nnow:\n{faulty(shop.PLUS)}").acts == repairing().acts


def test_a_plan_is_filled_into_whatever_schema_is_asked_for() -> None:
    schema = {"properties": {"goal": {"type": "string"}, "criteria": {"type": "array"}, "odd": {"type": "boolean"}},
              "required": ["goal", "odd"]}  # fmt: skip
    turn = ask(f"{json.dumps(schema)}\n{shop.REQUEST}", tools=())
    assert turn.json == {"goal": shop.BRIEF["goal"], "criteria": shop.BRIEF["criteria"], "odd": False}
    assert turn.part == "plan"


def test_who_sees_wrong_code_may_take_it_over_into_the_tests() -> None:
    """The bias of a model that judges its own code; a tester that does not see the code has none of it."""
    asked = f"{shop.REQUEST}\n\nIt owns tests/test_shop.py."
    blind = ask(asked, options=Options(bias=1))
    seeing = ask(faulty(shop.PLUS), asked, options=Options(bias=1))
    assert "test_c1_another_line" in str(blind.acts) and "test_c1_another_line" in str(seeing.acts)
    assert "test_c1_a_line" in str(blind.acts) and "test_c1_a_line" not in str(seeing.acts)


RENAMED = {name: f"t{number}" for number, name in enumerate(["read_file", "write_file", "edit_file", "run_checks"])}


@pytest.mark.parametrize("prompt", [
    f"{shop.REQUEST}\n\nIt owns shop/price.py.",
    f"T-0a1b2c\n{faulty(shop.PLUS)}\n\n{RED}",
    f"T-0a1b2c shop/price.py\n{RED}",
])  # fmt: skip
def test_it_is_blind_to_who_calls(prompt: str) -> None:
    """Every tool renamed, the same is done: nothing depends on a framework's names."""
    renamed = tuple(replace(tool, name=RENAMED[tool.name]) for tool in TOOLS)
    acts = [act.model_copy(update={"name": RENAMED[act.name]}) for act in ask(prompt).acts]
    assert list(ask(prompt, tools=renamed).acts) == acts


_ONCE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import shop
from slipway.models.endpoints import Message
from slipway.models.simulated import Options
from slipway.models.simulated.developer import Developer
import test_developer  # beside this file
turns = [test_developer.repairing(options=Options(seed=seed)) for seed in range(20)]
print(json.dumps([[act.model_dump() for act in turn.acts] for turn in turns]))
"""


def test_the_same_prompt_and_seed_get_the_same_reply_over_restarts() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", _ONCE, str(Path(__file__).parent)], env={"PYTHONHASHSEED": salt, "PATH": "/usr/bin"},
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout
        for salt in ("1", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert len({json.dumps(each) for each in json.loads(told[0])}) == 2  # some seeds repair it, and some do not


@given(st.lists(st.text(max_size=200), max_size=4))
def test_idle_words_change_nothing(words: list[str]) -> None:
    """Whatever else stands in a prompt, what is known is known."""
    assert ask(*words, f"T-0a1b2c\n{faulty(shop.PLUS)}\n\n{RED}").acts == repairing().acts


def test_idle_words_distract_where_that_is_asked_for() -> None:
    easily = Options(tier="tier-a", repair_wrong=1, distraction=100)
    noise = "\n".join(f"line {number} says nothing at all about it" for number in range(500))
    assert repairing(f"{noise}\n{faulty(shop.PLUS)}", options=easily).acts != repairing().acts


def _conversation(
    call: ToolCall, result: str, before: str = f"{shop.REQUEST}\n{shop.PRICE}\n{shop.TILL}\n{RED}"
) -> list[Message]:
    past = PastCall("call_0", call.name, json.dumps(call.arguments))
    return [Message("user", before), Message("assistant", "", (past,)), Message("tool", result, (), "call_0")]
