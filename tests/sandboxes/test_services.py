"""A service is announced only once it answers, whatever it is, and it goes when it is told to."""

from __future__ import annotations

import asyncio
from textwrap import dedent

import httpx
import pytest

from slipway.sandboxes import Command, FileContent, Sandbox, SandboxGone, SandboxRefusal
from slipway.sandboxes.previews import preview
from slipway.sandboxes.services import Probe, Service, serve

WEB = """
import http.server, sys, time
time.sleep(float(sys.argv[2]))
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/old":
            self.send_error(503); return
        body = open("index.html", "rb").read() + self.path.encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body[::-1])
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def web(port: int = 8000, delay: float = 0.0) -> Command:
    return Command(("python3", "-c", dedent(WEB), str(port), str(delay)))


async def refused(call: object) -> SandboxRefusal:
    with pytest.raises(SandboxRefusal) as refusal:
        await call  # type: ignore[misc]
    return refusal.value


@pytest.fixture
async def site(real: Sandbox) -> Sandbox:
    await real.write({"index.html": FileContent(b"hello ")})
    return real


async def test_a_service_is_there_when_it_answers(site: Sandbox) -> None:
    async with await serve(site, web(delay=0.5), Probe(8000)) as service:
        assert (service.port, service.ended, await service.answers(Probe(8000))) == (8000, None, "")
        assert (await site.exec(Command(("true",)))).ok, "it has a sandbox of its own"
        assert await service.answers(Probe(8000, path="/old")) == "it answers with status 503"
        assert await service.answers(Probe(9)) == "no program of the sandbox answers on port 9"
    assert "no longer" in await service.answers(Probe(8000)) or "closed" in await service.answers(Probe(8000))


async def test_its_port_is_found(site: Sandbox) -> None:
    async with await serve(site, web(8123), Probe()) as service:
        assert service.port == 8123


async def test_it_runs_on_the_files_as_they_were(site: Sandbox) -> None:
    async with await serve(site, web(), Probe(8000)) as service, await preview(service) as shown:
        await site.write({"index.html": FileContent(b"changed ")})
        async with httpx.AsyncClient() as client:
            assert (await client.get(shown.address + "x")).text == "hello /x"


@pytest.mark.parametrize(
    ("script", "seconds", "said"),
    [
        ("echo port is taken >&2; exit 3", 60, "it ended with exit code 3\nport is taken"),
        (
            "echo waiting; sleep 60",
            4,
            "it was not ready within 4 s: no program of the sandbox answers on port 8000\nwaiting",
        ),
        ("no-such-server", 60, "it ended with exit code 127\n/bin/sh: 1: no-such-server: not found"),
    ],
)
async def test_what_does_not_answer_is_never_announced(site: Sandbox, script: str, seconds: int, said: str) -> None:
    refusal = await refused(serve(site, Command.shell(script), Probe(8000, seconds=seconds)))
    assert (refusal.code, str(refusal)) == ("not_ready", f"the service is not there: {said}")
    assert (await site.exec(Command(("true",)))).ok


async def test_an_answer_that_is_no_http_is_none(site: Sandbox) -> None:
    listen = "import socket\ns = socket.create_server(('127.0.0.1', 8000))"
    command = Command(("python3", "-c", f"{listen}\nwhile True: s.accept()[0].sendall(b'SSH-2.0\\r\\n')"))
    assert "it does not speak HTTP" in str(await refused(serve(site, command, Probe(8000, seconds=4))))
    async with await serve(site, command, Probe(8000, path=None)) as service:
        assert service.port == 8000


async def test_the_log_is_there_while_it_runs(site: Sandbox) -> None:
    command = Command.shell("echo one; echo two >&2; head -c 200000 /dev/zero | tr '\\0' x; echo; echo end; sleep 60")
    fork = await site.fork()
    service = Service(fork, await fork.start(command))
    async with asyncio.timeout(60):
        while not service.log().data.endswith(b"end\n"):
            await asyncio.sleep(0.02)
    log = service.log()
    await service.close()
    assert (log.size, len(log.data), log.data.endswith(b"x\nend\n")) == (200_013, 65536, True)


async def test_a_preview_is_the_service(site: Sandbox) -> None:
    async with await serve(site, web(), Probe(8000)) as service:
        async with await preview(service) as shown, httpx.AsyncClient() as client:
            assert shown.address.startswith("http://127.0.0.1:")
            big = bytes(range(256)) * 8000
            answers = await asyncio.gather(*[client.post(shown.address, content=big) for _ in range(5)])
            assert [answer.content == big[::-1] for answer in answers] == [True] * 5
            await service.close()
            async with httpx.AsyncClient() as another:
                gone = await another.get(shown.address)
            assert (gone.status_code, gone.text) == (502, "The service does not answer.\r\n")
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(shown.address)


async def test_closing_a_preview_hangs_up_and_reports_nothing(site: Sandbox) -> None:
    """A browser keeps its connections open; that one was cut off is no fault for the log."""
    faults: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context["message"]))
    async with await serve(site, web(), Probe(8000)) as service, httpx.AsyncClient() as client:
        async with await preview(service) as shown:
            assert (await client.get(shown.address)).text == "hello /"
        with pytest.raises(httpx.ConnectError):
            await client.get(shown.address)
    await asyncio.sleep(0)
    assert faults == []


async def test_a_service_that_was_not_probed_is_not_shown(site: Sandbox) -> None:
    fork = await site.fork()
    service = Service(fork, await fork.start(web()))
    with pytest.raises(ValueError, match="once it has answered"):
        await preview(service)
    await service.close()


async def test_the_end_of_its_program_is_seen(site: Sandbox) -> None:
    service = await serve(site, web(), Probe(8000))
    stream = await service.connect()
    await service.close()
    with pytest.raises(SandboxGone):
        while True:
            await stream.read()
