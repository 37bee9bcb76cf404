"""The egress as a program in a real sandbox meets it: one port is all that there is, and it lets out what it may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slipway.sandboxes import Command, Limits, SandboxUnavailable, open_sandbox
from slipway.sandboxes.egress import Attempt, Egress, Origin, Policy, open_egress

PROGRAM = """
import json, socket, sys
proxy, origin = int(sys.argv[1]), int(sys.argv[2])

def said(request):
    with socket.create_connection(("127.0.0.1", proxy), timeout=5) as connection:
        connection.sendall(request.encode("latin-1"))
        return connection.makefile("rb").read().decode("latin-1")

def direct(address, port):
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError as error:
        return type(error).__name__
    return "connected"

tries = [
    f"GET http://127.0.0.1:{origin}/x HTTP/1.1\\r\\nHost: 127.0.0.1:{origin}\\r\\n\\r\\n",
    f"GET http://127.0.0.1:{origin + 1}/x HTTP/1.1\\r\\nHost: 127.0.0.1:{origin + 1}\\r\\n\\r\\n",
    f"GET http://127.0.0.1:{origin}/x HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n",
    f"CONNECT 127.0.0.1:{origin} HTTP/1.1\\r\\n\\r\\n",
    f"CONNECT [::ffff:127.0.0.1]:443 HTTP/1.1\\r\\n\\r\\n",
    f"CONNECT 169.254.169.254:443 HTTP/1.1\\r\\n\\r\\n",
    "CONNECT evil.example:443 HTTP/1.1\\r\\n\\r\\n",
    "\\r\\n" * 9000,
]
answers = [said(text).splitlines()[:1] for text in tries]
try:
    looked_up = socket.gethostbyname("evil.example")
except OSError as error:
    looked_up = type(error).__name__
print(json.dumps([answers, direct("127.0.0.1", origin), direct("169.254.169.254", 80), looked_up]))
"""


async def test_one_way_out_and_no_other(server, tmp_path: Path) -> None:
    origin = await server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    egress = Egress(Policy(registries=frozenset({Origin("http", "127.0.0.1", origin.port)})))
    try:
        sandbox = await open_sandbox(cache_dir=tmp_path, limits=Limits(workspace_bytes=32 << 20), tools=())
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    try:
        async with open_egress(sandbox, egress) as proxy:
            port = proxy.rpartition(":")[2]
            result = await sandbox.exec(Command(("python3", "-I", "-c", PROGRAM, port, str(origin.port))))
        gone = await sandbox.exec(Command(("python3", "-I", "-c", PROGRAM, port, str(origin.port))))
    finally:
        await sandbox.close()
    beside = f"http://127.0.0.1:{origin.port + 1}"
    answers, direct, metadata, looked_up = json.loads(result.stdout.data)
    address = "is an address; only names on the allow-list may be reached"
    assert [line for lines in answers for line in lines] == [
        "HTTP/1.1 200 OK",
        f"HTTP/1.1 403 {beside} is not a configured registry; only those may be reached without TLS",
        "HTTP/1.1 400 a Host header that does not name the place that is asked for",
        f"HTTP/1.1 403 '127.0.0.1' {address}",
        f"HTTP/1.1 403 '::ffff:127.0.0.1' {address}",
        f"HTTP/1.1 403 '169.254.169.254' {address}",
        "HTTP/1.1 403 'evil.example' is not on the allow-list",
        "HTTP/1.1 400 not a request of HTTP/1.1",
    ]
    assert (direct, metadata, looked_up) == ("ConnectionRefusedError", "OSError", "gaierror")
    assert egress.attempts[0] == Attempt("127.0.0.1", origin.port, True, "allowed")
    assert [attempt.allowed for attempt in egress.attempts] == [True, *[False] * 7]
    assert len(origin.got) == 1
    assert "ConnectionRefusedError" in gone.stderr.text
