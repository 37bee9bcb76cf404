from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...sandboxes import BASICS, SandboxRefusal
from ...sandboxes.services import Service
from ...state.records import Finding, Manifest
from ..base import Found, Subject
from ..findings import finding
from .asking import Reply, Unanswered, ask
from .base import App, startable
from .building import Builds
from .routes import Route, documented, routes_of
from .serving import served
from .traces import trace_of

_DOCUMENT = 1 << 20
"""Bytes of an OpenAPI document that are read."""
_MOST = 100
"""Routes that are asked."""
_SECONDS = 40.0
"""For all routes together."""
_WORDS = 0.1
"""Seconds in which a program that failed gets to write why."""
_TAIL = 2500
"""Characters of a log in a finding."""


class Starts:
    """The software starts, answers, and none of the routes that it declares fails."""

    name = "starts"
    blocking = True
    needs = (BASICS,)
    seconds = 240.0

    def __init__(self, app: App, routes: Sequence[tuple[str, str]] = (), builds: Builds | None = None) -> None:
        """`routes`: (method, path) of what it declares; what an `/openapi.json` of its own says is asked besides.

        `builds` is shared with others that look at the same app.
        """
        self._app = app
        self._builds = builds or Builds()
        self._routes = tuple(routes)

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there is anything to start: it may read any."""
        return manifest if startable(self._app, manifest) else ()

    async def run(self, subject: Subject) -> Found:
        """Start it in a fork, ask each route once, and end it."""
        site = self._builds.of(subject.manifest)
        try:
            service = await served(subject.sandbox, self._app, site)
        except SandboxRefusal as refusal:
            if refusal.code != "not_ready":
                raise
            return Found([_not_started(self.name, str(refusal), subject.manifest)])
        async with service:
            return Found(await _Asked(self.name, service, subject.manifest).all(self._routes))


def _not_started(check: str, said: str, manifest: Manifest) -> Finding:
    why, _, log = said.partition("\n")
    trace = trace_of(log, manifest)
    return finding(
        check,
        f"{why}: {trace.error}" if trace else why,
        rule="start",
        file=trace.file if trace else None,
        line=trace.line if trace else None,
        detail=log[-_TAIL:],
        hint="the start command has to go on and to answer HTTP on 127.0.0.1, on the port that PORT names",
    )


@dataclass(frozen=True)
class _Asked:
    check: str
    service: Service
    manifest: Manifest

    async def all(self, declared: Sequence[tuple[str, str]]) -> list[Finding]:
        findings = list(self._at_start())
        known = routes_of([*declared, *await self._documented()])
        routes = known or [Route("GET", "/")]
        until = time.monotonic() + _SECONDS
        asked = 0
        for route in routes[:_MOST]:
            if time.monotonic() > until or self.service.ended:
                break
            asked += 1
            findings += await self._one(route, there=bool(known))
        return findings + self._left_out(routes[asked:])

    def _at_start(self) -> list[Finding]:
        trace = trace_of(log := self.service.log().text, self.manifest)
        if trace is None:
            return []
        message = f"an error is logged as it starts: {trace.error}"
        return [finding(self.check, message, rule="start", file=trace.file, line=trace.line, detail=log[-_TAIL:])]

    def _left_out(self, routes: Sequence[Route]) -> list[Finding]:
        if not routes:
            return []
        if (ended := self.service.ended) is not None:
            message = f"it ended with exit code {ended.exit_code} while it was asked"
            return [finding(self.check, message, rule="start", detail=self.service.log().text[-_TAIL:])]
        message = f"{len(routes)} of its routes were not asked: there are too many, or they take too long"
        return [
            finding(self.check, message, rule="routes", severity="warning", detail="\n".join(map(str, routes[:20])))
        ]

    async def _documented(self) -> list[tuple[str, str]]:
        try:
            reply = await ask(self.service, "GET", "/openapi.json", limit=_DOCUMENT)
        except Unanswered:
            return []
        return documented(reply.body) if reply.status == 200 else []

    async def _one(self, route: Route, *, there: bool) -> list[Finding]:
        before = self.service.log().size
        body = b"{}" if route.method in ("POST", "PUT", "PATCH") else None
        try:
            wrong = _wrong(route, await ask(self.service, route.method, route.example, body=body), there=there)
        except Unanswered as error:
            wrong = str(error)
        if not wrong:
            return []
        await asyncio.sleep(_WORDS)
        log = self.service.log()
        new = log.data[max(0, len(log.data) - (log.size - before)) :].decode(errors="replace")
        trace = trace_of(new, self.manifest)
        return [
            finding(
                self.check,
                f"{route} {wrong}: {trace.error}" if trace else f"{route} {wrong}",
                rule=str(route),
                file=trace.file if trace else None,
                line=trace.line if trace else None,
                detail=new[-_TAIL:],
            )
        ]


def _wrong(route: Route, reply: Reply, *, there: bool) -> str:
    if reply.status >= 500:
        return f"answers with status {reply.status}"
    if there and reply.status == 405:
        return "is declared, and its method is not allowed (status 405)"
    if there and reply.status == 404 and route.whole and route.method == "GET":
        return "is declared, and not there (status 404)"
    return ""
