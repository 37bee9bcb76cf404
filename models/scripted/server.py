from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .faults import ERROR_EVENT, Faults, split
from .log import LoggedCall, RequestLog
from .matching import RequestError, choose
from .script import Fault, Script
from .wire import Answer, read_request

_LOOK_SECONDS = 0.05
"""How often it is looked whether a client that gets no answer has left."""
_ROUTES = "POST /v1/chat/completions and GET /v1/models"


class ScriptedServer:
    """The HTTP side of a script.

    Between requests it keeps nothing but how often each met its fault, so they may come in any order and at once.
    """

    def __init__(self, script: Script, log: RequestLog, *, latency: float = 0.0) -> None:
        self._script = script
        self._log = log
        self._latency = latency
        self._faults = Faults()
        self._stopping = asyncio.Event()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
            Route("/v1/models", self._models, methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_such_route})

    def stop(self) -> None:
        """Let go of the requests that wait out their latency, which get a 503, or a stall.

        Call it in the server's own loop.
        """
        self._stopping.set()

    async def _models(self, _: Request) -> Response:
        model = {"id": self._script.name, "object": "model", "created": 0, "owned_by": "slipway (scripted)"}
        return _json({"object": "list", "data": [model]})

    async def _chat(self, request: Request) -> Response:
        try:
            asked = read_request(await request.body())
        except RequestError as error:
            return _refuse(self._log.arrived(None), error)
        call = self._log.arrived(asked)
        try:
            answer = Answer(self._script.name, asked, choose(self._script, asked.conversation))
        except RequestError as error:
            return _refuse(call, error)
        if not await self._wait(self._latency):
            return _error(503, "server_error", "stopping", "the scripted endpoint is stopping")
        if await request.is_disconnected():
            return Response(status_code=499)  # nobody reads it; without a second line in the log
        if fault := self._faults.due(answer):
            if fault.streams:
                return _events(self._failing(request, call, answer, fault))
            call.failed(fault.kind)
            return await self._failed(request, fault)
        return _events(_stream(call, answer.chunks(), answer)) if asked.streamed else _whole(call, answer)

    async def _failing(self, request: Request, call: LoggedCall, answer: Answer, fault: Fault) -> AsyncIterator[str]:
        before, after = split(answer, fault)
        for chunk in before:
            yield _event(chunk)
        call.failed(fault.kind)
        match fault.kind:
            case "end":
                pass
            case "error":
                yield _event(ERROR_EVENT)
            case "cut":
                request.state.cut()
                await asyncio.sleep(0)  # until the connection is gone: nothing more can be said on it
            case _:  # a stall
                if await self._wait(fault.seconds):
                    async for event in _stream(call, after, answer):
                        yield event

    async def _failed(self, request: Request, fault: Fault) -> Response:
        match fault.kind:
            case "garbage":
                return Response(b"\x00\xff<html>", media_type="application/json")
            case "nonsense":
                return _json({"object": "nonsense"})
            case "silence":
                while not await request.is_disconnected() and await self._wait(_LOOK_SECONDS):
                    pass
                return Response(status_code=499)  # nobody reads it
            case _:
                told = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
                message = "the scripted endpoint fails, as its script says"
                return _error(fault.status or 500, "server_error", "scripted", message, told)

    async def _wait(self, seconds: float) -> bool:
        """Whether they passed; False where the server stops instead."""
        if not seconds:
            return True
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return True
        return False


def _whole(call: LoggedCall, answer: Answer) -> Response:
    call.answered(200, usage=answer.usage)
    return _json(answer.body())


async def _stream(call: LoggedCall, chunks: Iterator[dict[str, Any]], answer: Answer) -> AsyncIterator[str]:
    for chunk in chunks:
        yield _event(chunk)
    call.answered(200, usage=answer.usage)
    yield "data: [DONE]\n\n"


def _events(events: AsyncIterator[str]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-cache"})


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _refuse(call: LoggedCall, error: RequestError) -> Response:
    call.answered(400, reason=str(error))
    return _error(400, "invalid_request_error", error.code, str(error))


async def _no_such_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = f"{request.method} {request.url.path} is not served; this endpoint has {_ROUTES}"
    return _error(status, "invalid_request_error", "unknown_url", message)


def _error(status: int, kind: str, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"error": {"message": message, "type": kind, "param": None, "code": code}}, status, headers)


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    # Plain ASCII: a lone surrogate that a client sent can then be echoed.
    return Response(json.dumps(body), status, headers, media_type="application/json")
