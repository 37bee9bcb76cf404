"""What commands share: errors become one line and an exit code, and Ctrl-C parks a run."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..config import ConfigurationError, UnknownSuite, UsageError
from ..sandboxes import SandboxError, SandboxUnavailable
from ..state import Outcome, RunEnded, StateError, StateLost, StateUnavailable, TooLate, UnknownExperiment, UnknownRun
from ..state.text import visible
from .progress import Progress

if TYPE_CHECKING:
    from ..graphs import Passage  # brings LangGraph along, which only the commands that run a graph need

DELIVERED, NOT_DELIVERED, USAGE, PARKED, CONFIGURATION, TIMEOUT, INTERRUPTED = 0, 1, 2, 3, 78, 124, 130
READER_GONE = 141  # 128 + SIGPIPE, as for programs that the signal ends

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CODES: tuple[tuple[type[Exception], int], ...] = (
    (UsageError, USAGE),
    (UnknownRun, USAGE),
    (UnknownExperiment, USAGE),
    (UnknownSuite, USAGE),
    (TooLate, USAGE),
    (ConfigurationError, CONFIGURATION),
    (SandboxUnavailable, CONFIGURATION),
    (SandboxError, NOT_DELIVERED),
    (StateUnavailable, CONFIGURATION),
    (StateLost, PARKED),
    (StateError, NOT_DELIVERED),
)


def execute(command: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run a command; an error that a person can act on is one line on stderr."""
    try:
        return asyncio.run(command())
    except tuple(kind for kind, _ in _CODES) as error:
        print(visible(f"slipway: {error}"), file=sys.stderr)
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("slipway: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone. What is still buffered must not fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE


async def watch(passage: Passage, progress: Progress) -> Outcome:
    """Show a passage to its end. SIGINT, SIGTERM and a closed terminal park the run."""
    loop = asyncio.get_running_loop()
    for number in _STOP:
        loop.add_signal_handler(number, passage.stop)
    try:
        with progress:
            async for event in passage:
                progress.show(event)
                if isinstance(event, RunEnded):
                    break
        return await passage.outcome()
    finally:
        for number in _STOP:
            loop.remove_signal_handler(number)


@contextmanager
def cancelled_by_signals() -> Generator[None]:
    """SIGINT, SIGTERM and a closed terminal cancel the calling task, so that it can clean up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in _STOP:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in _STOP:
            loop.remove_signal_handler(number)


@contextmanager
def interruptible() -> Generator[None]:
    """Ctrl-C is a KeyboardInterrupt at once, also in the middle of a read; an event loop would wait for its turn."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def exit_code(outcome: Outcome) -> int:
    """The exit code that says how a run ended."""
    if outcome.status == "delivered":
        return DELIVERED
    if outcome.cause == "timeout":
        return TIMEOUT
    if outcome.cause == "interrupt":
        return INTERRUPTED
    return PARKED if outcome.status in ("paused", "needs_input", "over_budget") else NOT_DELIVERED
