from __future__ import annotations

import sys
import termios
from typing import Any

from ..config import UsageError
from ..state import Outcome
from ..state.text import visible
from .answering import Action, Answers, actions, decision, described, together
from .execution import interruptible


def on_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def prompted(outcome: Outcome) -> Answers | None:
    """Ask the person on the terminal, one decision after the other; None where the input ends (Ctrl-D).

    Enter takes what is proposed. What was typed before the first question was shown is no answer to it. Ctrl-C is a
    KeyboardInterrupt.
    """
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    decisions: list[dict[str, Any]] = []
    with interruptible():
        for action in actions(outcome.waiting):
            print(visible(described(action, enter=True)), file=sys.stderr)
            decided = _prompted(action)
            if decided is None:
                return None
            decisions.append(decided)
    return together(outcome, decisions)


def _prompted(action: Action) -> dict[str, Any] | None:
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            print(file=sys.stderr)
            return None
        try:
            return decision(_text(line) or action.proposed, action)
        except UsageError as error:
            print(visible(str(error)), file=sys.stderr)


def _text(line: bytes) -> str:
    try:
        return line.decode(sys.stdin.encoding).strip()
    except UnicodeDecodeError as error:
        raise UsageError(f"that is not valid {sys.stdin.encoding.upper()}; say it in that encoding") from error
