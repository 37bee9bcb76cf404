"""The line of the project in a log is the last one that a fault came through."""

from __future__ import annotations

from slipway.checks.running.traces import Trace, trace_of
from slipway.state import FileRef

MANIFEST = {"app/main.py": FileRef("0" * 64), "server.js": FileRef("0" * 64)}
PYTHON = """INFO: started
Traceback (most recent call last):
  File "/opt/slipway/python/uvicorn/x.py", line 3, in run
    run()
  File "/workspace/app/main.py", line 7, in do
    a.b
  File "/usr/lib/python3.11/json/decoder.py", line 9, in c
json.decoder.JSONDecodeError: Expecting value
INFO: goes on
"""
NODE = """
/workspace/server.js:3
TypeError: x is not a function
    at go (/workspace/server.js:3:5)
    at run (file:///workspace/other.js:9:1)
    at node:internal/main:1:1
"""


def test_python() -> None:
    assert trace_of(PYTHON, MANIFEST) == Trace("json.decoder.JSONDecodeError: Expecting value", "app/main.py", 7)


def test_node() -> None:
    assert trace_of(NODE, MANIFEST) == Trace("TypeError: x is not a function", "server.js", 3)


def test_a_log_without_an_error_has_none() -> None:
    assert trace_of("INFO: Error handling is on\nlistening at /workspace/server.js\n", MANIFEST) is None
