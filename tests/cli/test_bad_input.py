"""Bad input gets one clear line that names the thing and the next step, the right exit code, and leaves nothing behind.

A stack trace, a half-made directory or a run that waits for ever are what people remember of a tool.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.cli.execution import execute
from slipway.config import UsageError

from .conftest import Slipway


def _lineup(path: Path, base_url: str, **more: object) -> str:
    role = {"model": "openai:some-model", "base_url": base_url, "max_output_tokens": 100, **more}
    path.write_text(json.dumps({"default": role}))  # JSON is YAML
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["build", "\x01\u200b"], 2, "slipway: the request is empty; say in a sentence or two what is to be built"),
        (["build", "  "], 2, "slipway: the request is empty; say in a sentence or two what is to be built"),
        (
            ["build", "x", "--lineup", "gpt"],
            78,
            "slipway: unknown line-up 'gpt': it is neither a file nor one of anthropic, demo, local, openai; "
            "name one of these or write a file",
        ),
        (["build", "x", "--lineup", "openai"], 78, "slipway: model 'openai:gpt-6.1-sol' needs a key: OPENAI_API_KEY"),
        (["build", "x"], 78, "slipway: no model to work with: none of ANTHROPIC_API_KEY, OPENAI_API_KEY is set; "),
        (["build", "x", "--lineup", "demo", "--project", "No Good"], 2, "slipway: 'No Good' is no project name;"),
        (["build", "x", "--lineup", "demo", "--set", "a.b=1"], 78, "slipway: a.b=1: unknown setting 'a'"),
        (["build", "x", "--timeout", "0"], 2, "slipway build: argument --timeout: '0' is not more than 0"),
        (
            ["build", "x", "--max-cost", "nan"],
            2,
            "slipway build: argument --max-cost: 'nan' is not between 0 and a bil",
        ),
        (["build", "x", "--set", "limits.parallel=[1"], 78, "slipway: 'limits.parallel=[1' cannot be read: "),
        (["build", "x", "--into", "~nobodyxx/y"], 2, "slipway: '~nobodyxx/y' cannot be written: Could not determine"),
        (["build", "x", "--into", "y" * 300], 2, f"slipway: '{'y' * 300}' cannot be written: File name too long;"),
        (["build"], 2, "slipway build: the following arguments are required: REQUEST; see `slipway build --help`"),
        (["demo", "unheard-of"], 78, "slipway: no script 'unheard-of'; there are api, change, tally, web, or"),
        (["resume"], 2, "slipway: name the run to resume, or say --last"),
        (["resume", "--last"], 2, "slipway: there is no run to resume"),
        (["resume", "nope"], 2, "slipway: no run 'nope'; there are no runs"),
        (["show", "nope"], 2, "slipway: no run 'nope'; there are no runs"),
        (["show", "r", "--into", ""], 2, "slipway show: argument --into: it is empty; name one, or leave it out"),
        (
            ["experiment", "report", "r", "--html", ""],
            2,
            "slipway experiment report: argument --html: it is empty; name one, or leave it out; see `slipway exper",
        ),
        (["check", ".", "--pack", ""], 2, "slipway check: argument --pack: it is empty; name one, or leave it out"),
        (["build", "x", "--from", ""], 2, "slipway build: argument --from: it is empty; name one, or leave it out"),
        (["build", "", "--lineup", "demo"], 2, "slipway: the request is empty; say in a sentence or two what is to be"),
        (["experiment", "status", ""], 2, "slipway experiment status: argument NAME: it is empty; name one, or"),
        (
            ["experiment", "run", "/nosuch.yaml"],
            78,
            "slipway: /nosuch.yaml: cannot be read (No such file or directory); name a YAML file that is there",
        ),
    ],
)
def test_one_line_that_names_the_thing(slipway: Slipway, arguments: list[str], code: int, line: str) -> None:
    done = slipway(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert done.stderr.startswith(line), done.stderr


def test_an_unreachable_redis_is_named_without_its_password(slipway: Slipway) -> None:
    done = slipway("runs", SLIPWAY_REDIS_URL="redis://me:secret@127.0.0.1:9/0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (78, "", 1)
    assert "127.0.0.1:9" in done.stderr and "secret" not in done.stderr


@pytest.mark.parametrize("role", ["architect", "coder"])
def test_an_unknown_provider(slipway: Slipway, tmp_path: Path, role: str) -> None:
    file = tmp_path / "l.yaml"
    file.write_text(f"default: {{model: 'scripted:tally'}}\nroles: {{{role}: {{model: 'acme:big'}}}}\n")
    done = slipway("build", "x", "--lineup", str(file))
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "unknown model 'acme:big': provider 'acme' is not one of openai" in done.stderr


def test_a_cost_limit_needs_a_known_price(slipway: Slipway, tmp_path: Path) -> None:
    lineup = _lineup(tmp_path / "l.yaml", "http://127.0.0.1:9/v1")
    done = slipway("build", "x", "--lineup", lineup, "--max-cost", "1")
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "the price of the architect's model 'openai:some-model' is not known" in done.stderr


def test_a_target_that_is_not_empty(slipway: Slipway, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kept.txt").write_text("kept")
    done = slipway("demo", "--into", str(tmp_path / "mine"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"the directory '{tmp_path}/mine' is not empty; name a new or an empty one with --into" in done.stderr
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["kept.txt"]


@pytest.mark.parametrize("target", ["/proc/nothing/here", "/dev/null"])
def test_a_target_that_cannot_be_written(slipway: Slipway, target: str) -> None:
    done = slipway("demo", "--into", target)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert repr(target) in done.stderr


def test_an_unreachable_endpoint_parks_the_run(slipway: Slipway, tmp_path: Path) -> None:
    """An outage is not the run's fault: it waits, and says how to go on."""
    done = slipway("build", "x", "--lineup", _lineup(tmp_path / "l.yaml", "http://127.0.0.1:9/v1"), "--json")
    result = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, result["status"]) == (3, "paused"), done.stderr
    assert "the architect's model 'openai:some-model' at http://127.0.0.1:9/v1 cannot be reached" in result["reason"]
    assert "resume" in result["reason"]
    runs = slipway("runs", "--json")
    assert json.loads(runs.stdout)["status"] == "paused"


def test_a_reader_that_goes_away_is_no_error(slipway: Slipway, environment: dict[str, str]) -> None:
    for _ in range(2):
        slipway("build", "x", "--lineup", "demo")  # parked at once: the script does not know this request
    listing = subprocess.Popen(
        [sys.executable, "-m", "slipway", "runs"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert listing.stdout and listing.stderr
    listing.stdout.close()
    assert (listing.wait(timeout=100), listing.stderr.read()) == (141, b"")
    listing.stderr.close()


def test_what_a_request_holds_does_not_reach_the_terminal_as_it_is(slipway: Slipway) -> None:
    slipway("build", "\x1b[31mred \u202e evil", "--lineup", "demo")
    done = slipway("runs")
    assert "[31mred  evil" in done.stdout and "\x1b" not in done.stdout and "\u202e" not in done.stdout


def test_what_an_error_quotes_does_not_reach_the_terminal_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """It may be a model's question."""

    async def command() -> int:
        raise UsageError("Which\x1b[2J currency?\n  EUR")

    assert execute(command) == 2
    assert capsys.readouterr().err == "slipway: Which[2J currency?\n  EUR\n"
