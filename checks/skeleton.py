"""Tests that pass before there is anything to test: they would pass whatever was written."""

from __future__ import annotations

from collections.abc import Sequence

from ..sandboxes import FileContent, Sandbox
from .base import Check
from .browser import Browser, is_scenario_file
from .runner import run_checks
from .sessions import Session, SessionsLost, forked, run_sessions
from .tests import of_pytest

_SECONDS = 120.0

STUB = '''\
"""Not written yet: every name is here, and nothing that it names does anything."""

import importlib


class _Unwritten(type):
    def __call__(cls, *arguments, **more):
        raise NotImplementedError(cls.__name__ + " is not written")

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unwritten(name, (Exception,), {})


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if "__path__" in globals():
        try:
            return importlib.import_module(__name__ + "." + name)
        except ModuleNotFoundError:
            pass
    return _Unwritten(name, (Exception,), {})


if __name__ == "__main__":
    raise NotImplementedError("not written")
'''
"""A module whose every name is a class that cannot be called: it can be imported, caught, inherited from and asked for
what it has, but nothing can be had of it."""


async def passes_on_stubs(sandbox: Sandbox, files: Sequence[str], tests: Sequence[str]) -> tuple[str, ...]:
    """The tests of the files `tests` that pass where each Python module of `files` is a stub; sorted.

    `sandbox` is unchanged. No test passes where the tests' supervisor is ended; NotRun where there is no pytest.
    """
    stub = FileContent(STUB.encode())
    async with forked(sandbox) as fork:
        await fork.write({path: stub for path in files if path.endswith(".py") and path not in tests})
        return await _passing(fork, tests)


async def passes_on_base(sandbox: Sandbox, tests: Sequence[str]) -> tuple[str, ...]:
    """The tests of the files `tests` that pass on what `sandbox` holds, the version before a change; sorted.

    A test of something new has to be red there. `sandbox` is unchanged. NotRun where there is no pytest.
    """
    async with forked(sandbox) as fork:
        return await _passing(fork, tests)


async def plays_on_base(sandbox: Sandbox, checks: Sequence[Check], tests: Sequence[str]) -> tuple[str, ...]:
    """The scenarios of the files `tests` that a browser among `checks` plays to their end likewise; sorted."""
    playing = [check for check in checks if check.name == Browser.name]
    if not any(is_scenario_file(path) for path in tests):
        return ()
    report = await run_checks(playing, sandbox, "")
    ended = (test.id for test in report.tests if test.status == "passed")
    return tuple(sorted(name for name in ended if name.partition("::")[0] in tests))


async def _passing(fork: Sandbox, tests: Sequence[str]) -> tuple[str, ...]:
    # A file in a session of its own: one that cannot be imported keeps no other from running.
    sessions = [Session((path,), _SECONDS) for path in of_pytest(tests)]
    try:
        done = await run_sessions(fork, sessions, _SECONDS)
    except SessionsLost:
        return ()
    return tuple(sorted(name for ran in done for name in ran.passed()))
