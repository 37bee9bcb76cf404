"""A service of one sandbox answers in another, and nothing else of it is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from slipway.sandboxes import Command, FileContent, Sandbox
from slipway.sandboxes.bridges import bridged
from slipway.sandboxes.services import Probe, serve

GET = """
import sys, urllib.request
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/{sys.argv[2]}").read().decode())
"""


async def test_it_answers_and_goes(bubblewrap: Sandbox, tmp_path: Path) -> None:
    await bubblewrap.write({"a.txt": FileContent(b"hello" * 100_000)})
    other = await bubblewrap.fork()
    await other.remove(["a.txt"])
    server = Command(("python3", "-m", "http.server", "--bind", "127.0.0.1", "8077"))
    try:
        async with await serve(bubblewrap, server, Probe()) as service:
            async with bridged(service, other) as port:
                assert port == 8077
                # Connections that nobody ends are ended with it.
                many = [f"{GET}\nimport socket; [socket.create_connection(('127.0.0.1', {port})) for _ in range(9)]"]
                result = await other.exec(Command(("python3", "-c", *many, str(port), "a.txt")))
                assert result.stdout.text.startswith("hello") and result.stdout.size == 500_001
                async with asyncio.timeout(5), bridged(service, other) as second:
                    assert second != port
                    result = await other.exec(Command(("python3", "-c", GET, str(second), "")))
                    assert "a.txt" in result.stdout.text
            result = await other.exec(Command(("python3", "-c", GET, str(port), "")))
            assert "Connection refused" in result.stderr.text
    finally:
        await other.close()
