"""What the standard tests do not ask: the words for errors, callers that go away, what is left when it is closed."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from deepagents import create_deep_agent
from deepagents.backends import CompositeBackend
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage

from slipway.sandboxes import Limits, SandboxGone, SandboxUnavailable, open_sandbox
from slipway.sandboxes.adapters.deepagents import DeepAgentsSandbox

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
PLACES = ["/workspace", "/tmp/place"]


def opened(folder: Path, **options: Any) -> DeepAgentsSandbox:
    return DeepAgentsSandbox(lambda: open_sandbox(cache_dir=folder, limits=LIMITS, tools=()), **options)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeepAgentsSandbox]:
    """Kept for the whole module: these tests look at different things in it."""
    with opened(tmp_path_factory.mktemp("cache")) as made:
        assert made.execute("mkdir -p /tmp/place").exit_code == 0
        yield made


@pytest.mark.parametrize("place", PLACES)
def test_errors_have_the_words_of_the_protocol(backend: DeepAgentsSandbox, place: str) -> None:
    backend.execute(f"cd {place} && mkdir -p folder && ln -sf / root && mkfifo pipe")
    paths = [
        f"{place}/none",
        f"{place}/folder",
        f"{place}/pipe",
        f"{place}/folder/../../../etc/none",
        "relative",
        "/a\0b",
    ]
    errors = [each.error for each in backend.download_files(paths)]
    assert errors == [
        "file_not_found", "is_directory", "invalid_path", "file_not_found", "invalid_path", "invalid_path",
    ]  # fmt: skip
    uploads = backend.upload_files([(f"{place}/folder", b""), ("/etc/x", b""), ("x", b""), (f"{place}/y", b"y")])
    assert [each.error for each in uploads] == ["is_directory", "permission_denied", "invalid_path", None]
    assert backend.execute(f"cat {place}/y").output == "y"


@pytest.mark.parametrize("place", PLACES)
def test_what_is_replaced_stays_executable(backend: DeepAgentsSandbox, place: str) -> None:
    script = f"{place}/run.sh"
    assert backend.execute(f"printf 'echo one\\r\\n' > {script} && chmod +x {script}").exit_code == 0
    assert backend.edit(script, "one\n", "two\n").error is None
    assert backend.upload_files([(script, b"#!/bin/sh\necho three\n")])[0].error is None
    assert backend.execute(script).output == "three\n"


@pytest.mark.parametrize("place", PLACES)
def test_a_failed_edit_says_what_to_do(backend: DeepAgentsSandbox, place: str) -> None:
    backend.upload_files([(f"{place}/e.py", b"x = 1\ny = x\n")])
    assert backend.edit(f"{place}/e.py", "x  = 1", "x = 2").error == (
        "Error: String not found in file: 'x  = 1'; read the file and copy the text exactly; line 1 is 'x = 1'"
    )
    assert backend.edit(f"{place}/e.py", "x", "z").error == (
        "Error: String 'x' appears multiple times (2); use replace_all=True, or give more lines around it"
    )
    assert backend.edit(f"{place}/none.py", "x", "z").error == f"Error: File '{place}/none.py' not found"


@pytest.mark.parametrize("place", PLACES)
def test_links_lead_no_further_than_a_command_gets(backend: DeepAgentsSandbox, place: str) -> None:
    """In the workspace none is followed; elsewhere one leads where a command of the sandbox can go."""
    backend.execute(f"cd {place} && ln -sf /etc/passwd secret && echo mine > /tmp/mine && ln -sf /tmp/mine link")
    assert backend.write(f"{place}/secret/x", "x").error is not None
    mine, secret = backend.download_files([f"{place}/link", f"{place}/secret"])
    if place == "/workspace":
        assert (mine.error, secret.error) == ("permission_denied", "permission_denied")
    else:
        assert (mine.content, secret.content) == (b"mine\n", backend.execute("cat /etc/passwd").output.encode())


def test_a_search_without_a_path_is_in_the_workspace(backend: DeepAgentsSandbox) -> None:
    backend.upload_files([("/workspace/found.txt", b"needle\n"), ("/tmp/place/found.txt", b"needle\n")])
    assert backend.grep("needle").matches == [{"path": "/workspace/found.txt", "line": 1, "text": "needle"}]
    assert [found["path"] for found in backend.glob("found.*").matches or []] == ["found.txt"]


def test_a_search_from_the_root_leaves_the_system_out(backend: DeepAgentsSandbox) -> None:
    """The tools of deepagents begin there unless told otherwise; thousands of files of Python's own help nobody."""
    backend.upload_files([("/workspace/only.py", b"needle\n"), ("/tmp/place/only.py", b"needle\n")])
    found = [match["path"] for match in backend.glob("**/only.py", "/").matches or []]
    assert found == ["tmp/place/only.py", "workspace/only.py"]
    assert not [match for match in backend.glob("**/*.py", "/").matches or [] if match["path"].startswith("usr")]
    matches = backend.grep("needle", "/", "only.py").matches or []
    assert [match["path"] for match in matches] == ["/tmp/place/only.py", "/workspace/only.py"]


def test_how_a_command_ends(backend: DeepAgentsSandbox) -> None:
    failed = backend.execute("echo out; echo err >&2; exit 3")
    assert (failed.output, failed.exit_code, failed.truncated) == ("out\nerr\n", 3, False)
    late = backend.execute("echo begun; sleep 60", timeout=4)
    assert (late.output, late.exit_code) == ("begun\n\n[ended after 4 s: it took too long]", 124)
    long = backend.execute("head -c 200000 /dev/zero | tr '\\0' x")
    assert long.truncated and 60_000 < len(long.output) < 70_000
    assert backend.execute("printf 'a\\033[31mb'").output == "a[31mb"
    assert backend.execute("echo \0").exit_code == 126


def test_commands_of_several_threads_wait_for_each_other(backend: DeepAgentsSandbox) -> None:
    """Agents call tools in parallel; none may be told that the sandbox is busy."""
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: backend.execute(f"sleep 0.02; echo {n}").output, range(8)))
    assert results == [f"{number}\n" for number in range(8)]


async def test_a_caller_that_is_cancelled_ends_its_command_only(backend: DeepAgentsSandbox) -> None:
    """A person stops an agent, or a tool call times out: the files must still be there."""
    backend.upload_files([("/workspace/kept", b"kept")])
    running = asyncio.create_task(backend.aexecute("sleep 60"))
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(backend.aexecute("sleep 60"))
    await asyncio.sleep(0.05)
    for task in (waiting, running):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    started = time.monotonic()
    assert (await backend.aexecute("cat kept")).output == "kept"
    assert time.monotonic() - started < 30


async def test_the_sync_half_works_where_a_loop_runs(backend: DeepAgentsSandbox) -> None:
    assert backend.execute("echo here").output == "here\n"
    assert (await backend.aexecute("echo there")).output == "there\n"


def test_two_halves_and_many_loops_share_one_sandbox(backend: DeepAgentsSandbox) -> None:
    for number in range(3):
        asyncio.run(backend.aupload_files([(f"/workspace/{number}", b"x")]))
    assert backend.execute("ls 0 1 2").output == "0\n1\n2\n"


def working() -> set[threading.Thread]:
    """The threads there are, without those that belong to what is kept for the next sandbox."""
    return {thread for thread in threading.enumerate() if thread.name != "slipway-keeper"}


def test_closing_leaves_nothing(tmp_path: Path, agents: Callable[[], list[int]]) -> None:
    threads, processes = working(), set(agents())
    backend = opened(tmp_path)
    assert backend.execute("true").exit_code == 0
    backend.close()
    backend.close()
    assert (working() - threads, set(agents()) - processes) == (set(), set())
    with pytest.raises(RuntimeError, match="closed"):
        backend.execute("true")


def test_what_does_not_open_says_why_and_leaves_nothing() -> None:
    async def opening() -> Any:
        raise SandboxUnavailable("no sandbox here")

    threads = working()
    with pytest.raises(SandboxUnavailable, match="no sandbox here"):
        DeepAgentsSandbox(opening)
    assert working() - threads == set()


def test_a_sandbox_that_is_gone_is_an_error(tmp_path: Path, agents: Callable[[], list[int]]) -> None:
    """Told as a result, an agent would try again until its money is spent."""
    before = agents()
    with opened(tmp_path) as backend:
        [agent] = [pid for pid in agents() if pid not in before]
        os.kill(agent, signal.SIGKILL)
        with pytest.raises(SandboxGone):
            backend.execute("true")
        with pytest.raises(SandboxGone):
            backend.read("/workspace/a")


class Scripted(GenericFakeChatModel):
    """Says what it was given to say, whatever tools it has."""

    def bind_tools(self, *args: Any, **kwargs: Any) -> Any:
        return self


def test_an_agent_works_in_it(backend: DeepAgentsSandbox) -> None:
    """The whole way: its file tools and its shell see the same files."""
    calls = [
        ("write_file", {"file_path": "/workspace/hello.py", "content": "print('hello')\n"}),
        ("edit_file", {"file_path": "/workspace/hello.py", "old_string": "hello", "new_string": "bye"}),
        ("execute", {"command": "python hello.py"}),
        ("grep", {"pattern": "bye", "path": "/workspace", "output_mode": "content"}),
    ]
    says = [
        AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": str(number)}])
        for number, (name, arguments) in enumerate(calls)
    ]
    model = Scripted(messages=iter([*says, AIMessage("done")]))
    agent = create_deep_agent(model=model, backend=backend)
    state = agent.invoke({"messages": [("user", "greet")]})
    told = [str(message.content) for message in state["messages"] if isinstance(message, ToolMessage)]
    assert backend.execute("cat hello.py").output == "print('bye')\n"
    assert told[2].startswith("bye\n") and "print('bye')" in told[3] and state["messages"][-1].content == "done"


def test_what_is_too_long_for_a_model_is_put_where_it_can_be_read(tmp_path: Path) -> None:
    """The root of a sandbox cannot be written to, so deepagents is told another place for what it keeps."""
    limits = Limits(memory_bytes=256 << 20, processes=64, output_bytes=1 << 20)
    with DeepAgentsSandbox(lambda: open_sandbox(cache_dir=tmp_path, limits=limits, tools=())) as long:
        call = {"name": "execute", "args": {"command": "seq 100000"}, "id": "call"}
        model = Scripted(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("done")]))
        place = CompositeBackend(default=long, routes={}, artifacts_root="/tmp")
        messages = create_deep_agent(model=model, backend=place).invoke({"messages": [("user", "go")]})["messages"]
        [told] = [str(message.content) for message in messages if isinstance(message, ToolMessage)]
        assert "/tmp/large_tool_results/call" in told and len(told) < 20_000
        assert long.execute("tail -n 3 /tmp/large_tool_results/call | head -n 1").output.startswith("100000")
