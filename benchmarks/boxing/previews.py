from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from slipway.sandboxes import Command, FileContent
from slipway.sandboxes.previews import preview
from slipway.sandboxes.services import Probe, serve

from .setting import Measured, Setting, one_open
from .turns import Once, in_turns, timing

_SERVER = "python3 -m http.server 8000 --bind 127.0.0.1 2>/dev/null"


async def previews(setting: Setting, found: Measured) -> None:
    """A page of Python's own server, through a preview; a connection for each request."""
    async with AsyncExitStack() as stack:
        contenders: list[Once] = []
        for backend in setting.backends:
            sandbox = await stack.enter_async_context(one_open(backend))
            await sandbox.write({"index.html": FileContent(b"<p>hello")})
            service = await stack.enter_async_context(await serve(sandbox, Command.shell(_SERVER), Probe(port=8000)))
            shown = await stack.enter_async_context(await preview(service))
            contenders.append(timing(backend.name, partial(_get, int(shown.address.rstrip("/").rsplit(":", 1)[1]))))
            inside = partial(_get_inside, service)
            contenders.append(timing(f"{backend.name}, without a port of this machine", inside))
        found.previews = await in_turns(contenders, setting.amounts.requests, warm_up=5)


async def _get(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.endswith(b"<p>hello"), answer


async def _get_inside(service: Any) -> None:
    stream = await service.connect()
    await stream.write(b"GET / HTTP/1.0\r\n\r\n")
    answer = b""
    while data := await stream.read():
        answer += data
    await stream.close()
    assert answer.endswith(b"<p>hello"), answer
