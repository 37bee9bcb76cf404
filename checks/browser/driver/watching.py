from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from .telling import Report

_FLOOD = 1000
"""Messages of one page after which it is left."""
_REQUESTS = 2000
_FRAMES = 10


class Watch:
    """Tells what goes wrong on one page while it is open, in the words of the Chrome DevTools Protocol."""

    def __init__(self, report: Report, page: str, own: Callable[[str], bool], *, strict: bool) -> None:
        """`own`: whether a URL is of the site. `strict`: failed requests and the console count."""
        self.flooded = asyncio.Event()
        self.session: Any = None
        self.left = ""
        """Where the page went that is not of the site."""
        self._own = own
        self._frame = ""
        self._report = report
        self._page = page
        self._strict = strict
        self._requests: dict[str, dict[str, Any]] = {}
        self._messages = 0

    async def begin(self, context: Any, page: Any) -> None:
        """Look at `page`, which must not have been anywhere yet."""
        self.session = await context.new_cdp_session(page)
        self.session.on("Runtime.exceptionThrown", self._exception)
        if self._strict:
            self.session.on("Runtime.consoleAPICalled", self._console)
            self.session.on("Log.entryAdded", self._entry)
            self.session.on("Network.requestWillBeSent", self._request)
            self.session.on("Network.responseReceived", self._response)
            self.session.on("Network.loadingFailed", self._failed)
            await self.session.send("Network.enable")
            await self.session.send("Log.enable")
        await self.session.send("Runtime.enable")
        await self.session.send("Page.enable")
        self._frame = (await self.session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]

    async def evaluate(self, expression: str, seconds: float) -> Any:
        """The value of `expression` in a world of our own: the page's scripts share the document, and nothing else."""
        world = await self.session.send("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "slipway"})
        request = {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True}
        request |= {"awaitPromise": True, "timeout": seconds * 1000}
        answer = await asyncio.wait_for(self.session.send("Runtime.evaluate", request), seconds + 1)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"].get("exception", {}).get("description"))[:300])
        return answer["result"].get("value")

    def _much(self) -> bool:
        self._messages += 1
        if self._messages > _FLOOD:
            self.flooded.set()
        return self._messages > _FLOOD

    def _exception(self, event: dict[str, Any]) -> None:
        if self._much():
            return
        details = event["exceptionDetails"]
        said = details.get("exception", {}).get("description") or details.get("exception", {}).get("value")
        text = str(said if said is not None else details.get("text", ""))
        self._report.tell("exception", self._page, **_place(details.get("stackTrace"), details), text=text)

    def _console(self, event: dict[str, Any]) -> None:
        if self._much() or event["type"] not in ("error", "assert"):
            return
        said = " ".join(str(a.get("value", a.get("description", ""))) for a in event["args"][:5])
        self._report.tell("console", self._page, **_place(event.get("stackTrace"), {}), text=said)

    def _entry(self, event: dict[str, Any]) -> None:
        entry = event["entry"]
        if self._much() or entry["level"] != "error" or entry["source"] == "network":
            return
        self._report.tell("console", self._page, **_place(entry.get("stackTrace"), entry), text=entry["text"])

    def _request(self, event: dict[str, Any]) -> None:
        if len(self._requests) < _REQUESTS:
            initiator = event.get("initiator", {})
            main = event["requestId"] == event.get("loaderId") and event.get("frameId") == self._frame
            if main and not self._own(event["request"]["url"]):
                self.left = event["request"]["url"]
            self._requests[event["requestId"]] = {
                "target": event["request"]["url"], "resource": event.get("type", ""), "main": main,
                **_place(initiator.get("stack"), initiator),
            }  # fmt: skip

    def _response(self, event: dict[str, Any]) -> None:
        if event["response"]["status"] >= 400:
            self._wrong(event["requestId"], status=event["response"]["status"])

    def _failed(self, event: dict[str, Any]) -> None:
        if not event.get("canceled") or event.get("blockedReason"):
            self._wrong(event["requestId"], text=event.get("errorText") or event.get("blockedReason", ""))

    def _wrong(self, request: str, **how: Any) -> None:
        known = self._requests.get(request)
        if known is None or known["main"] or known["target"].startswith(("data:", "blob:")):
            return
        facts = {name: value for name, value in known.items() if name != "main"}
        self._report.tell("request", self._page, **facts, **how)


def _place(stack: dict[str, Any] | None, told: dict[str, Any]) -> dict[str, Any]:
    """The innermost call of `stack` that has an address, else the place that is `told`; and the first of all calls."""
    frames = list(_frames(stack))
    top = frames[0] if frames else told
    line, column = int(top.get("lineNumber", -1)) + 1, max(0, int(top.get("columnNumber", 0)))
    written = [f"{frame['url']}:{frame['lineNumber'] + 1}:{frame['columnNumber'] + 1}" for frame in frames[:_FRAMES]]
    return {"url": top.get("url", ""), "line": line, "column": column, "stack": "\n".join(written)}


def _frames(stack: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    while stack:
        yield from (frame for frame in stack.get("callFrames", ()) if frame.get("url"))
        stack = stack.get("parent")
