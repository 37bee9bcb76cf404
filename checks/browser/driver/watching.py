from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from .telling import Report

_FLOOD = 1000
"""Messages of one page after which it is left."""
_REQUESTS = 2000


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
        place = _top(details.get("stackTrace")) or (details.get("url", ""), details.get("lineNumber", -1) + 1)
        text = str(said if said is not None else details.get("text", ""))
        self._report.tell("exception", self._page, url=place[0], line=place[1], text=text)

    def _console(self, event: dict[str, Any]) -> None:
        if self._much() or event["type"] not in ("error", "assert"):
            return
        said = " ".join(str(a.get("value", a.get("description", ""))) for a in event["args"][:5])
        url, line = _top(event.get("stackTrace")) or ("", 0)
        self._report.tell("console", self._page, url=url, line=line, text=said)

    def _entry(self, event: dict[str, Any]) -> None:
        entry = event["entry"]
        if self._much() or entry["level"] != "error" or entry["source"] == "network":
            return
        url, line = entry.get("url", ""), entry.get("lineNumber", -1) + 1
        self._report.tell("console", self._page, url=url, line=line, text=entry["text"])

    def _request(self, event: dict[str, Any]) -> None:
        if len(self._requests) < _REQUESTS:
            initiator = event.get("initiator", {})
            place = _top(initiator.get("stack")) or (initiator.get("url", ""), int(initiator.get("lineNumber", -1)) + 1)
            main = event["requestId"] == event.get("loaderId") and event.get("frameId") == self._frame
            if main and not self._own(event["request"]["url"]):
                self.left = event["request"]["url"]
            self._requests[event["requestId"]] = {
                "target": event["request"]["url"], "resource": event.get("type", ""), "url": place[0], "line": place[1],
                "main": main,
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


def _top(stack: dict[str, Any] | None) -> tuple[str, int] | None:
    frames = [frame for frame in (stack or {}).get("callFrames", ()) if frame.get("url")]
    return (frames[0]["url"], frames[0]["lineNumber"] + 1) if frames else None
