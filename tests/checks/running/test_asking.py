"""What answers is the project's code: an answer without end, or that is none, is told and costs little."""

from __future__ import annotations

import pytest

from slipway.checks.running.asking import Reply, Unanswered, ask
from slipway.sandboxes import Command, Sandbox
from slipway.sandboxes.services import Probe, serve

SERVER = """
import socketserver
ANSWERS = {
    b"/": b"HTTP/1.1 200 OK\\r\\nContent-Type: Text/HTML; charset=x\\r\\n\\r\\n<p>" + b"x" * 100000,
    b"/none": b"",
    b"/other": b"SSH-2.0-x\\r\\n\\r\\n",
    b"/long": b"HTTP/1.1 200 OK\\r\\nX: " + b"x" * 1000000,
    b"/digits": b"HTTP/1.1 \\xb2\\xb2\\xb2 OK\\r\\n\\r\\n",
}
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        path = self.request.recv(4096).split(b" ")[1]
        if path == b"/sends": self.request.sendall(ANSWERS[b"/"][:30])
        self.request.sendall(ANSWERS.get(path, b""))
socketserver.ThreadingTCPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""


async def test_answers_are_bounded(sandbox: Sandbox) -> None:
    async with await serve(sandbox, Command(("python3", "-c", SERVER)), Probe(path=None)) as service:
        assert await ask(service, "GET", "/") == Reply(200, "text/html", b"")
        assert await ask(service, "GET", "/", limit=4) == Reply(200, "text/html", b"<p>x")
        assert (await ask(service, "GET", "/long")).status == 200
        for path, said in (("/none", "without an answer"), ("/other", "not answer in HTTP"), ("/digits", "not answer")):
            with pytest.raises(Unanswered, match=said):
                await ask(service, "GET", path)
    with pytest.raises(Unanswered, match="gets no answer"):
        await ask(service, "GET", "/")
