from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .log import LoggedCall, RequestLog
from .matching import RequestError, choose
from .script import Script
from .wire import Answer, read_request

_ROUTES = "POST /v1/chat/completions and GET /v1/models"


class ScriptedServer:
    """The HTTP side of a script. It keeps nothing between requests, so they may come in any order and at once."""

    def __init__(self, script: Script, log: RequestLog, *, latency: float = 0.0) -> None:
        self._script = script
        self._log = log
        self._latency = latency
        self._stopping = asyncio.Event()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
            Route("/v1/models", self._models, methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_such_route})

    def stop(self) -> None:
        """Let go of the requests that wait out their latency: they get a 503. Call it in the server's own loop."""
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
        if not await self._wait():
            return _error(503, "server_error", "stopping", "the scripted endpoint is stopping")
        if await request.is_disconnected():
            return Response(status_code=499)  # nobody reads it; without a second line in the log
        return _stream(call, answer) if asked.streamed else _whole(call, answer)

    async def _wait(self) -> bool:
        """Whether the latency passed; False where the server stops instead."""
        if not self._latency:
            return True
        try:
            await asyncio.wait_for(self._stopping.wait(), self._latency)
        except TimeoutError:
            return True
        return False


def _whole(call: LoggedCall, answer: Answer) -> Response:
    call.answered(200, usage=answer.usage)
    return _json(answer.body())


def _stream(call: LoggedCall, answer: Answer) -> Response:
    async def events() -> AsyncIterator[str]:
        for chunk in answer.chunks():
            yield f"data: {json.dumps(chunk)}\n\n"
        call.answered(200, usage=answer.usage)
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream", headers={"cache-control": "no-cache"})


def _refuse(call: LoggedCall, error: RequestError) -> Response:
    call.answered(400, reason=str(error))
    return _error(400, "invalid_request_error", error.code, str(error))


async def _no_such_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = f"{request.method} {request.url.path} is not served; this endpoint has {_ROUTES}"
    return _error(status, "invalid_request_error", "unknown_url", message)


def _error(status: int, kind: str, code: str, message: str) -> Response:
    return _json({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    # Plain ASCII: a lone surrogate that a client sent can then be echoed.
    return Response(json.dumps(body), status, media_type="application/json")
