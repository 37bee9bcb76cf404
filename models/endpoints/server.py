from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .answers import Answer
from .base import Fault, Player, RequestError
from .faults import Faults, error_event, split
from .log import LoggedCall, RequestLog
from .requests import read_request

_LOOK_SECONDS = 0.05
"""How often it is looked whether a client that gets no answer has left."""
_ROUTES = "POST /v1/chat/completions and GET /v1/models"


@dataclass(frozen=True)
class Label:
    """What an endpoint says of itself."""

    kind: str
    """How its model comes about: `scripted`, `simulated`."""
    models: tuple[str, ...]
    """What it lists as its models."""
    detail: str
    """What it plays, for people."""

    @property
    def fingerprint(self) -> str:
        """The `system_fingerprint` of its replies."""
        return f"slipway-{self.kind}:{'+'.join(self.models)}"


class ChatServer:
    """The HTTP side of a player.

    Between requests it keeps nothing but how often each was made, so they may come in any order and at once.
    """

    def __init__(self, player: Player, label: Label, log: RequestLog) -> None:
        self._player = player
        self._label = label
        self._log = log
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
        """Let go of the requests that wait for their answer, which get a 503, or wait out a stall.

        Call it in the server's own loop.
        """
        self._stopping.set()

    async def _models(self, _: Request) -> Response:
        facts = {"object": "model", "created": 0, "owned_by": f"slipway ({self._label.kind})"}
        return _json({"object": "list", "data": [{"id": name, **facts} for name in self._label.models]})

    async def _chat(self, request: Request) -> Response:
        try:
            asked = read_request(await request.body())
        except RequestError as error:
            return _refuse(self._log.arrived(None), error)
        call = self._log.arrived(asked)
        try:
            said = self._player.reply(asked)
        except RequestError as error:
            return _refuse(call, error)
        call.noting(said)
        if not await self._wait(said.wait):
            return _error(503, "server_error", "stopping", f"the {self._label.kind} endpoint is stopping")
        if await request.is_disconnected():
            return Response(status_code=499)  # nobody reads it; without a second line in the log
        answer = Answer(self._label.fingerprint, asked, said)
        if fault := self._faults.due(asked, said):
            return await self._mishap(request, call, answer, fault)
        return _delivered(call, answer)

    async def _mishap(self, request: Request, call: LoggedCall, answer: Answer, fault: Fault) -> Response:
        if fault.kind == "malformed":
            call.meets(fault)
            return _delivered(call, replace(answer, malformed=True))
        if fault.streams:
            return _events(self._failing(request, call, answer, fault))
        call.failed(fault.kind)
        return await self._failed(request, fault)

    async def _failing(self, request: Request, call: LoggedCall, answer: Answer, fault: Fault) -> AsyncIterator[str]:
        before, after = split(answer, fault)
        for chunk in before:
            yield _event(chunk)
        call.failed(fault.kind)
        match fault.kind:
            case "end":
                pass
            case "error":
                yield _event(error_event(self._label.kind))
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
                message = f"the {self._label.kind} endpoint fails, as it was told to"
                return _error(fault.status or 500, "server_error", self._label.kind, message, told)

    async def _wait(self, seconds: float) -> bool:
        """Whether they passed; False where the server stops instead."""
        if not seconds:
            return True
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return True
        return False


def _delivered(call: LoggedCall, answer: Answer) -> Response:
    return _events(_stream(call, answer.chunks(), answer)) if answer.asked.streamed else _whole(call, answer)


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
