"""A pytest plugin that runs in the sandbox: it tells which lines of which files each test executed.

It is sent as text, so it may import nothing of ours. A test that traces by itself is not followed; what it starts as
another program cannot be, and is told.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_PROGRAMS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty", "os.system"})
_MOST = 20_000  # lines that are told of one test


class Tracing:
    """Follows the files `paths`, relative to `root`."""

    def __init__(self, tell: Callable[[bytes], None], root: str, paths: list[str]) -> None:
        self._tell = tell
        self._names = {str(Path(root, path)): path for path in paths}
        self._lines: dict[str, set[int]] = {}
        self._programs = False
        sys.addaudithook(self._heard)

    def start(self) -> None:
        """Follow this thread and those that start from now on."""
        threading.settrace(self._called)
        sys.settrace(self._called)

    def _heard(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in _PROGRAMS:
            self._programs = True

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        name = self._names.get(frame.f_code.co_filename)
        if name is None:
            return None
        add = self._lines.setdefault(name, set()).add

        def follow(frame: FrameType, event: str, _argument: object) -> Any:
            if event == "line":
                add(frame.f_lineno)
            return follow

        return follow

    def _told(self, name: str) -> None:
        lines, self._lines = self._lines, {}
        programs, self._programs = self._programs, False
        files = {path: sorted(seen)[:_MOST] for path, seen in sorted(lines.items())}
        line = {"kind": "executed", "id": name, "files": files, "programs": programs}
        self._tell(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace"))

    def pytest_collection_finish(self) -> None:
        """The lines that ran as files were imported."""
        self._told("")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """The lines that ran in one test, its fixtures included."""
        self._lines, self._programs = {}, False
        self.start()
        result = yield
        self._told(item.nodeid)
        return result
