"""What else runs a command in a container, on the same Engine and image: the SDK, the command line, two libraries.

Each is used as its own documentation shows. Their containers have the usual limits, that is none.
"""

from __future__ import annotations

import asyncio
import io
import logging
import secrets
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import docker

from slipway.sandboxes.docker import IMAGE, Engine, find_image, layered_image
from slipway.sandboxes.layers import Target
from slipway.sandboxes.pip import pip_command

from .turns import Once, timed, timing

OTHERS = ("sdk", "cli", "swe-rex", "llm-sandbox")
_IDLE = ["sleep", "infinity"]
_TRUE = ["/bin/true"]


class Absent(Exception):
    """It cannot be measured here; the message says why."""


@contextmanager
def client_of(host: str) -> Iterator[docker.DockerClient]:
    """The SDK."""
    client = docker.DockerClient(host)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def plain_container(client: docker.DockerClient, **options: Any) -> Iterator[Any]:
    """A container as one would usually make it."""
    made = client.containers.run(IMAGE, **{"command": _IDLE, "detach": True, "network_mode": "none", **options})
    try:
        yield made
    finally:
        made.remove(force=True)


def sdk(container: Any) -> Once:
    """`exec_run` of the docker SDK."""

    async def run() -> None:
        assert container.exec_run(_TRUE).exit_code == 0

    return timing("docker SDK, exec_run", run)


def command_line(container: Any, host: str) -> Once:
    """`docker exec`. Absent where that program is."""
    program = shutil.which("docker")
    if program is None:
        raise Absent("no `docker` program")
    command = [program, "--host", host, "exec", container.id, *_TRUE]

    async def run() -> None:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    return timing("docker exec, command line", run)


# --- llm-sandbox ------------------------------------------------------------------------------------------------------


def llm_session(client: docker.DockerClient) -> Any:
    """A session of llm-sandbox that is not open yet. Absent where it is not installed."""
    if find_spec("llm_sandbox") is None:
        raise Absent("not installed: `pip install --group bench`")
    from llm_sandbox import SandboxSession  # it may be missing

    logging.getLogger("llm_sandbox").setLevel(logging.ERROR)
    configs = {"command": _IDLE, "network_mode": "none"}
    return SandboxSession(
        client=client, image=IMAGE, lang="python", keep_template=True, skip_environment_setup=True,
        runtime_configs=configs, verbose=False,
    )  # fmt: skip


def llm(session: Any) -> Once:
    """A command by llm-sandbox."""

    async def run() -> None:
        assert session.execute_command("/bin/true").exit_code == 0

    return timing("llm-sandbox, docker", run)


# --- SWE-ReX ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def swe_rex(client: docker.DockerClient, engine: Engine) -> AsyncIterator[Sequence[Once]]:
    """Commands by SWE-ReX: its server in a container, as its docker deployment has it, spoken to over HTTP.

    Where the server cannot be put into the image it runs on this machine, without a container; the names tell.
    """
    if find_spec("swerex") is None or find_spec("aiohttp") is None:
        raise Absent("not installed: `pip install --group bench`")
    from swerex.runtime.abstract import BashAction, Command, CreateBashSessionRequest  # it may be missing
    from swerex.runtime.remote import RemoteRuntime

    logging.getLogger("rex-runtime").setLevel(logging.ERROR)
    token, port = secrets.token_hex(16), _free_port()
    async with _swe_rex_server(client, engine, ["--auth-token", token, "--port", str(port)]) as where:
        runtime = RemoteRuntime(auth_token=token, host="http://127.0.0.1", port=port, timeout=1.0)
        await runtime.wait_until_alive(timeout=30)
        await runtime.create_session(CreateBashSessionRequest(startup_timeout=10))

        async def execute() -> None:
            assert (await runtime.execute(Command(command=_TRUE))).exit_code == 0

        async def in_session() -> None:
            assert (await runtime.run_in_session(BashAction(command="/bin/true"))).exit_code == 0

        names = (f"SWE-ReX, {where}", f"SWE-ReX, {where}, bash session")
        yield [timing(names[0], execute), timing(names[1], in_session)]
        await runtime.close()


@asynccontextmanager
async def _swe_rex_server(client: docker.DockerClient, engine: Engine, arguments: Sequence[str]) -> AsyncIterator[str]:
    command = ["-m", "swerex.server", "--host", "127.0.0.1", *arguments]
    image = await _with_swe_rex(engine)
    if image is None:
        server = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=-3, stderr=-3)
        try:
            yield "no container"
        finally:
            server.kill()
            await server.wait()
        return
    options = {
        "entrypoint": ["python3"],
        "command": command,
        "environment": {"PYTHONPATH": "/opt/swerex"},
        "network_mode": "host",
    }
    container = client.containers.run(image, detach=True, **options)
    try:
        yield "docker"
    finally:
        container.remove(force=True)


async def _with_swe_rex(engine: Engine) -> str | None:
    """The image with the server in it; None where pip does not get it for the Python of the image."""
    image = await find_image(engine)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "swerex")
        target = Target(image.python or sys.implementation.cache_tag, engine.facts.machine)
        options = ["--only-binary", ":all:", "--quiet", "--disable-pip-version-check", *target.options]
        command = [*pip_command(), "install", *options, "--target", str(folder), "swe-rex"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        if done.returncode != 0:
            return None
        return await layered_image(engine, image.id, [(folder, "/opt/swerex")])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


# --- files, opening ---------------------------------------------------------------------------------------------------


def put_archive(container: Any, files: Mapping[str, bytes]) -> Once:
    """Write files the way the SDK does."""

    async def write() -> None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for path, data in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        assert container.put_archive("/tmp", buffer.getvalue())

    return timing("docker SDK, put_archive", write)


def plain_opening(client: docker.DockerClient) -> Once:
    """A container by the SDK: run, one command, removed."""

    async def once() -> Mapping[str, float]:
        with timed() as opening:
            made = client.containers.run(IMAGE, _IDLE, detach=True, network_mode="none")
            assert made.exec_run(_TRUE).exit_code == 0
        with timed() as closing:
            made.remove(force=True)
        return {"docker SDK, open": opening.seconds, "docker SDK, close": closing.seconds}

    return once


def llm_opening(client: docker.DockerClient) -> Once:
    """The same by llm-sandbox."""

    async def once() -> Mapping[str, float]:
        with timed() as opening:
            session = llm_session(client)
            session.open()
            assert session.execute_command("/bin/true").exit_code == 0
        with timed() as closing:
            session.close()
        return {"llm-sandbox, open": opening.seconds, "llm-sandbox, close": closing.seconds}

    return once
