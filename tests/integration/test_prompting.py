"""Somebody sits at the terminal: what they are asked, and what their keys do. Through a real terminal (a pty)."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slipway.config import Settings
from slipway.state import Outcome, RunStore, open_state

from .playing import BRIEF, REQUEST, Play

QUESTIONS = [
    {"id": "Q1", "text": "Which currency?", "options": ["EUR", "USD"], "default": "EUR", "matters": True},
    {"id": "Q2", "text": "Negative amounts, too?", "default": "no", "matters": True},
    {"id": "Q3", "text": "Which language?", "default": "English"},
]
CURIOUS = Play(brief={**BRIEF, "questions": QUESTIONS})

# A process is interrupted by the keys of the terminal that it was begun on.
_ON_ITS_TERMINAL = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, '-m', 'slipway', *sys.argv[1:]])"
)


class Terminal:
    """A command on a terminal of its own; what it prints as its result goes elsewhere, as with `> FILE`."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str], result: Path) -> None:
        self._end, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, b"\x28\x00\xc8\x00\x00\x00\x00\x00")  # 40 lines of 200
        self._result = result
        with result.open("wb") as stdout:
            command = [sys.executable, "-c", _ON_ITS_TERMINAL, *words]
            self.process = subprocess.Popen(
                command, env={**environment, "TERM": "xterm"}, stdin=other, stdout=stdout, stderr=other
            )
        os.close(other)
        self._new = ""
        self.shown = ""
        """All that was shown."""

    def until(self, text: str) -> str:
        """Wait until `text` is shown; what was shown since the last time, with it."""
        deadline = time.monotonic() + 60
        while text not in self._new:
            assert time.monotonic() < deadline, (text, self.shown)
            assert self._read(deadline), (text, self.shown)
        before, found, self._new = self._new.partition(text)
        return before + found

    def press(self, keys: str, encoding: str = "utf-8") -> None:
        os.write(self._end, keys.encode(encoding))

    def ended(self) -> tuple[int, str]:
        """The exit code, and the result."""
        deadline = time.monotonic() + 60
        while self._read(deadline):
            assert time.monotonic() < deadline, self.shown
        return self.process.wait(timeout=30), self._result.read_text()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)

    def _read(self, deadline: float) -> bool:
        select.select([self._end], [], [], max(0.0, deadline - time.monotonic()))
        with suppress(OSError):  # EIO: nobody has the other end any more
            data = os.read(self._end, 65536).decode("utf-8", "replace").replace("\r\n", "\n")
            self._new += data
            self.shown += data
            return bool(data)
        return False


OnTerminal = Callable[..., Terminal]


@pytest.fixture
def slipway(environment: dict[str, str], tmp_path: Path) -> Iterator[OnTerminal]:
    begun: list[Terminal] = []

    def begin(*words: str) -> Terminal:
        begun.append(Terminal(words, environment, tmp_path / f"result-{len(begun)}"))
        return begun[-1]

    yield begin
    for terminal in begun:
        terminal.close()


@pytest.fixture
def lineup(tmp_path: Path) -> str:
    file = tmp_path / "lineup.yaml"
    file.write_text(json.dumps(CURIOUS.lineup(tmp_path).model_dump(mode="json")))
    return str(file)


async def stands(settings: Settings) -> Outcome:
    async with open_state(settings) as redis:
        runs = RunStore(redis)
        [record] = await runs.newest()
        outcome = await runs.outcome(record.id)
    assert outcome is not None
    return outcome


async def test_questions_and_the_plan_are_asked_until_they_are_answered(
    slipway: OnTerminal, lineup: str, settings: Settings
) -> None:
    """Those that matter are asked though nobody said `--ask`; what was typed too early decides nothing."""
    at = slipway("build", REQUEST, "--lineup", lineup, "--approve", "plan")
    at.press("reject\n\n")
    first = at.until("\n> ")
    assert first[first.index("question: W") :] == (
        "question: Which currency?\n  1. EUR\n  2. USD\n  (Enter takes: EUR)\n"
        "  approve, a number from 1 to 2, or say what you want\n> "
    )
    at.press("9\n")
    assert at.until("\n> ") == ("9\nthere is no option 9; give approve, a number from 1 to 2, or say what you want\n> ")
    at.press("£\n", "latin-1")
    assert at.until("\n> ").endswith("\nthat is not valid UTF-8; say it in that encoding\n> ")
    at.press("2\n")
    assert at.until("\n> ") == (
        "2\nquestion: Negative amounts, too?\n  (Enter takes: no)\n  approve, or say what you want\n> "
    )
    at.press("yes\n")  # an answer, and not what is proposed
    plan = at.until("\n> ")
    assert plan[plan.index("the plan: ") :] == (
        "the plan: One function.\n  money: Read amounts. [money.py]\n  tests: tests/test_money.py; route: crew\n"
        "  approve, edit, reject, or say what you want; Enter approves\n> "
    )
    at.press("edit\n")
    assert "a plan is edited in a file" in at.until("\n> ")
    at.press("\n")
    code, result = at.ended()
    assert (code, result.partition(":")[0]) == (0, "delivered"), at.shown
    outcome = await stands(settings)
    assert outcome.brief and outcome.brief.assumptions == (
        "Which currency? Answered: USD", "Negative amounts, too? Answered: yes", "Which language? Assumed: English",
    )  # fmt: skip


async def test_who_says_nothing_leaves_the_run_parked(slipway: OnTerminal, lineup: str, settings: Settings) -> None:
    """The first time the key is pressed, whichever command asks; and the command that goes on is named."""
    ctrl_c, ctrl_d = ("\x03", 130), ("\x04", 3)

    def leave(at: Terminal, key: str) -> tuple[int, str]:
        at.until("\n> ")
        at.press("2\n")
        at.until("\n> ")
        at.press(key)
        ended = at.ended()
        assert "Traceback" not in at.shown
        return ended

    code, printed = leave(slipway("build", REQUEST, "--lineup", lineup, "--json"), ctrl_c[0])
    result = json.loads(printed.splitlines()[-1])
    run = result["run"]
    said = f"2 decisions are up to you: slipway answer {run}"
    assert (code, result["status"], result["reason"]) == (ctrl_c[1], "needs_input", said)
    for key, expected in (ctrl_d, ctrl_c):
        code, printed = leave(slipway("answer", run), key)
        assert (code, f"reason: {said}\n" in printed) == (expected, True)
    outcome = await stands(settings)
    assert (outcome.status, outcome.usage.calls, len(outcome.waiting)) == ("needs_input", 1, 1)
