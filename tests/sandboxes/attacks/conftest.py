from __future__ import annotations

import getpass
import json
import math
import os
import socket
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import pytest_asyncio

from slipway.config import load_settings
from slipway.sandboxes import (
    Command,
    ExecResult,
    FileContent,
    Limits,
    Sandbox,
    SandboxError,
    Sandboxes,
    open_sandboxes,
)
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.docker import Engine, connect, open_docker
from slipway.sandboxes.profile import BROWSER_LIMITS, HOME_BYTES, SHM_BYTES, TMP_BYTES
from trying import digest

HERE = Path(__file__).parent
LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
SECRET = "hunter2-of-the-host"

BACKENDS = ("bubblewrap", "docker")
"""Every attack is tried on each of them."""

ELSEWHERE = {
    "bubblewrap": """
        from slipway.sandboxes.bubblewrap import open_bubblewrap

        async def opened(limits, place):
            return await open_bubblewrap(limits)
    """,
    "docker": """
        from slipway.sandboxes.docker import connect, open_docker

        async def opened(limits, place):
            return await open_docker(await connect(place), limits)
    """,
}
"""How another process opens a sandbox of each of them: `opened`, given the limits and `Target.place`."""


AFTERWARDS = """
chmod -R u+rwX /workspace /tmp /dev/shm "$HOME" 2>/dev/null
find /workspace /tmp /dev/shm "$HOME" -mindepth 1 -delete || exit
cd /proc && echo $$ [0-9]*
"""

PRIVATE = (
    "/etc/shadow", "/etc/gshadow", "/etc/passwd", "/etc/group", "/etc/hosts", "/etc/hostname", "/etc/machine-id",
    "/etc/resolv.conf", "/var/log", "/var/lib", "/var/cache",
    "/run", "/boot", "/mnt", "/srv", "/media", "/tmp", "/root", "/home",
)  # fmt: skip
"""Files and folders that tell about a machine; a sandbox may have ones of its own."""


class Target:
    """The sandboxes of one backend that are attacked. Attacks that leave one as it was follow each other in it."""

    def __init__(self, backend: str, place: str, limits: Limits = LIMITS) -> None:
        self.backend = backend
        self.limits = limits
        self.place = place
        """The address of the daemon, where there is one."""
        self._engine: Engine | None = None
        self._shared: Sandbox | None = None

    async def open(self, limits: Limits | None = None) -> Sandbox:
        """A sandbox of the caller's own, to be closed by it."""
        limits = limits or self.limits
        if self.backend == "docker":
            self._engine = self._engine or await connect(self.place)
            return await open_docker(self._engine, limits)
        return await open_bubblewrap(limits)

    async def processes_left(self, sandbox: Sandbox) -> list[str]:
        """Empty the sandbox for the next attack, by a command that shows that it works: the processes that it saw."""
        result = await sandbox.exec(Command.shell(AFTERWARDS))
        while " files in /" in result.stderr.text:  # they count against the command that removes them, too
            result = await sandbox.exec(Command.shell(AFTERWARDS))
        assert (result.exit_code, result.stderr.text) == (0, "")
        own, *others = result.stdout.text.split()
        return sorted(set(others) - {own})

    @staticmethod
    def whole_bytes(limits: Limits) -> int:
        """All memory that a sandbox may ever hold: of its processes, its files, and the agent."""
        return limits.memory_bytes + limits.workspace_bytes + TMP_BYTES + HOME_BYTES + SHM_BYTES + (192 << 20)

    @property
    def source(self) -> str:
        """The program text that defines `opened` (see `ELSEWHERE`)."""
        return dedent(ELSEWHERE[self.backend])

    async def shared(self) -> Sandbox:
        """One that was attacked before and stood it."""
        if self._shared is None:
            self._shared = await self.open()
        return self._shared

    async def give_up(self) -> None:
        """Let the next attack have another one."""
        if self._shared is not None:
            with suppress(SandboxError):
                await self._shared.close()
        self._shared = None

    async def end(self) -> None:
        """Nothing will be opened any more."""
        await self.give_up()
        if self._engine is not None:
            await self._engine.close()


class Browsing(Target):
    """Those of them that have a browser: more memory, processes and processors, another image, and what drives it."""

    def __init__(self, backend: str, place: str, sandboxes: Sandboxes) -> None:
        super().__init__(backend, place, BROWSER_LIMITS)
        self._sandboxes = sandboxes

    async def open(self, limits: Limits | None = None) -> Sandbox:
        launcher = await self._sandboxes.backend.launcher(limits or self.limits, self._sandboxes.layers)
        return await launcher.open()

    async def plain(self) -> Sandbox:
        """One without a browser."""
        return await super().open(LIMITS)


@dataclass(frozen=True)
class Machine:
    """What there is to be found, reached or harmed outside of a sandbox."""

    facts: dict[str, Any]
    """What an attack is told of it."""
    file: Path
    listeners: tuple[socket.socket, ...]

    def untouched(self) -> bool:
        """Whether nobody came, and nothing was written."""
        return self.file.read_text() == SECRET and not any(_came(listener) for listener in self.listeners)


def _came(listener: socket.socket) -> bool:
    try:
        listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
    except BlockingIOError:
        return False
    return True


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """This machine, with a secret in a file and in the environment, and with servers that nobody may reach."""
    file = tmp_path_factory.mktemp("outside") / "secret"
    file.write_text(SECRET)
    with tempfile.TemporaryDirectory(prefix="outside-") as short, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTACKED_SECRET", SECRET)
        listeners = _listeners(f"{short}/socket")
        four, six, datagrams = (listener.getsockname()[1] for listener in listeners[:3])
        facts = {
            "secret": SECRET,
            "file": str(file),
            "socket": f"{short}/socket",
            "abstract": f"slipway-attacked-{os.getpid()}",
            "tcp": four,
            "tcp6": six,
            "udp": datagrams,
            "pid": os.getpid(),
            "user": getpass.getuser(),
            "home": str(Path.home()),
            "package": str(Path(__file__).parents[3]),
            "interpreter": sys.base_prefix,
            "names": _telling_names(SECRET, str(file), f"{short}/socket"),
            "digests": {path: made for path in PRIVATE if (made := digest(path))},
            "addresses": _own_addresses(),
            "limits": asdict(LIMITS),
        }
        with _busy():
            yield Machine(facts, file, listeners)
        for listener in listeners:
            listener.close()


@contextmanager
def _busy() -> Iterator[None]:
    """Somebody works on this machine: a program is looked for in its folders, again and again."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            list(Path("/usr/bin").iterdir())

    worker = threading.Thread(target=work)
    worker.start()
    yield
    done.set()
    worker.join()


def _listeners(path: str) -> tuple[socket.socket, ...]:
    four = socket.create_server(("127.0.0.1", 0))
    six = socket.create_server(("::1", 0), family=socket.AF_INET6)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    made = [four, six, datagrams]
    for name in (path, f"\0slipway-attacked-{os.getpid()}"):
        local = socket.socket(socket.AF_UNIX)
        local.bind(name)
        local.listen()
        made.append(local)
    for listener in made:
        listener.setblocking(False)
    return tuple(made)


def _telling_names(*more: str) -> dict[str, str]:
    """Words that nobody could have but from this machine; names that many machines have are none."""
    names = {"package": str(Path(__file__).parents[3]), "host": socket.gethostname(), "user": getpass.getuser()}
    common = {"root", "slipway", "nobody", "localhost", "sandbox"}
    telling = {what: name for what, name in names.items() if len(name) > 4 and name not in common}
    return {**telling, "secret": more[0], "file": more[1], "socket": more[2]}


def _own_addresses() -> list[str]:
    """The addresses of this machine's own interfaces, from the kernel's table of local routes."""
    words = Path("/proc/net/fib_trie").read_text().split()
    found = {words[at - 1] for at, word in enumerate(words) if word == "host" and words[at - 2] == "|--"}
    return sorted(address for address in found if not address.startswith("127."))


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=BACKENDS)
async def target(request: pytest.FixtureRequest, machine: Machine) -> AsyncIterator[Target]:
    """Each backend in turn; its sandboxes begin with the secret in the environment of the framework."""
    made = Target(request.param, request.getfixturevalue("docker_host") if request.param == "docker" else "")
    yield made
    await made.end()


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=BACKENDS)
async def browsing(request: pytest.FixtureRequest, machine: Machine, cache_dir: Path) -> AsyncIterator[Browsing]:
    """The same of sandboxes that have a browser."""
    place = request.getfixturevalue("browser_host") if request.param == "docker" else ""
    overrides = [f"sandbox.backend={request.param}", *([f"sandbox.docker_host={place}"] if place else [])]
    async with open_sandboxes(load_settings(overrides).sandbox, cache_dir, tools=(), ahead=0) as sandboxes:
        made = Browsing(request.param, place, await sandboxes.browsing())
        yield made
        await made.end()


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(target: Target) -> AsyncIterator[Sandbox]:
    """A sandbox on each backend, in which others may have been before; it has to stand the test."""
    shared = await target.shared()
    yield shared
    try:
        assert await target.processes_left(shared) == ["1"]
    except (AssertionError, SandboxError):
        await target.give_up()
        raise


@pytest_asyncio.fixture(loop_scope="module")
async def own_sandbox(target: Target) -> AsyncIterator[Sandbox]:
    """A sandbox of one test's own, on each backend, to be harmed."""
    made = await target.open()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def neighbour(target: Target, machine: Machine) -> AsyncIterator[Sandbox]:
    """Another sandbox, in which `victim.py` holds out everything by which it might be reached."""
    made = await target.open()
    await write(made, HERE / "victim.py")
    async with await made.start(Command(("python3", "attack.py"), timeout=math.inf)) as victim:
        said = [await anext(aiter(victim))]
        assert said[0].data == b"ready\n", said
        yield made
    await made.close()


async def write(sandbox: Sandbox, program: Path) -> None:
    """Put an attack into the workspace."""
    texts = {"attack.py": program.read_bytes(), "trying.py": (HERE / "trying.py").read_bytes()}
    await sandbox.write({name: FileContent(data) for name, data in texts.items()})


async def run(sandbox: Sandbox, program: Path, facts: dict[str, Any], timeout: float) -> ExecResult:
    """Run an attack."""
    await write(sandbox, program)
    return await sandbox.exec(Command(("python3", "attack.py"), stdin=json.dumps(facts).encode(), timeout=timeout))


@pytest.fixture
def run_program() -> Callable[..., Awaitable[ExecResult]]:
    """Runs an attack; see `run`."""
    return run
