"""The first thing that a newcomer meets: it must answer at once, and explain itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from slipway.cli.main import parsed

from .conftest import Slipway

_HEAVY = ("langgraph", "langsmith", "langchain_core", "redis", "docker", "opentelemetry", "pydantic")

_PROGRAM = """
import sys
from slipway.cli.main import main
try:
    main({arguments})
except SystemExit as end:
    assert end.code == 0, end.code
print("LOADED", sorted(set(name.partition(".")[0] for name in sys.modules) & set({heavy})))
"""


def _loaded(arguments: list[str], heavy: tuple[str, ...] = _HEAVY) -> str:
    program = _PROGRAM.format(arguments=arguments, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_help_loads_none_of_the_heavy_libraries() -> None:
    """On what is loaded, not on the clock: each of these costs a newcomer a wait before a line of text."""
    assert _loaded(["--help"]) == "LOADED []"
    assert _loaded(["build", "--help"]) == "LOADED []"


def test_a_command_that_asks_no_model_loads_no_client_of_one() -> None:
    assert _loaded(["suite", "list"], ("openai", "langchain_openai", "scipy")) == "LOADED []"


def test_importing_the_package_loads_nothing() -> None:
    program = f"import sys, slipway; print(sorted(set(sys.modules) & set({_HEAVY})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_help_names_the_exit_codes_and_every_command() -> None:
    done = subprocess.run([sys.executable, "-m", "slipway", "--help"], capture_output=True, text=True, check=True)
    commands = ("build", "demo", "resume", "runs", "show", "doctor", "scripted", "simulate")
    for word in (*commands, "78 wrong configuration", "130"):
        assert word in done.stdout


@pytest.mark.parametrize("words", [["resume", "nobody"], ["demo", "--latency", "x"], ["runs", "--json"]])
def test_a_command_of_these_tests_is_as_a_fresh_one(
    words: list[str], slipway: Slipway, environment: dict[str, str]
) -> None:
    """They are forked, to save the time of loading; else they would tell nothing of what people start."""
    command = [sys.executable, "-m", "slipway", *words]
    fresh = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    forked = slipway(*words)
    assert (forked.returncode, forked.stdout, forked.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)


@pytest.mark.parametrize(
    "words",
    [["r", "yes", "no"], ["r", "--json", "yes", "no"], ["--json", "r", "yes", "no"], ["r", "yes", "--json", "no"]],
)
def test_answers_may_stand_before_and_behind_options(words: list[str]) -> None:
    """What argparse does not do by itself for words of which there may be none."""
    arguments = parsed(["answer", *words])
    assert (arguments.run, arguments.answers) == ("r", ["yes", "no"])


@pytest.mark.parametrize(
    "words", [["show", "r", "s"], ["answer", "r", "yes", "--loud"], ["answer", "r", "--loud", "yes"]]
)
def test_what_is_not_understood_is_named(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parsed(words)
    assert end.value.code == 2
    assert "unrecognized arguments: " in capsys.readouterr().err
