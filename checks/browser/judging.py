"""What the driver saw becomes findings that name the project's files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from ...state.records import Finding, Severity
from ..findings import finding
from .driving import Seen
from .scenarios import Scenario
from .sources import Frame, Sources

_CODE = ("Script", "Stylesheet", "XHR", "Fetch", "EventSource", "WebSocket", "Document")
"""Without these a page does not work; without a picture or a font it looks otherwise."""
_BLOCKING = ("serious", "critical")
_DENIED = (401, 403)
"""What a page may ask for to learn whether somebody has signed in."""
_FRAME = re.compile(r"(https?://[^\s()]+?):(\d{1,9}):(\d{1,9})")


def frames(line: Seen) -> list[Frame]:
    """The places of scripts that led to `line`, the innermost first."""
    called = _FRAME.findall(f"{line.stack}\n{line.text}")
    inner = [Frame(line.url, line.line, line.column)] if line.url else []
    return [*inner, *(Frame(url, int(number), max(0, int(column) - 1)) for url, number, column in called)]


class Judge:
    """Makes findings of what was seen."""

    def __init__(self, check: str, sources: Sources, scenarios: Sequence[Scenario]) -> None:
        self._check = check
        self._sources = sources
        self._scenarios = {scenario.id: scenario for scenario in scenarios}
        self._statuses: dict[str, int | str] = {}
        self._linked: set[str] = set()
        self._readers: dict[str, Callable[[Seen], Iterator[Finding]]] = {
            "exception": self._exception,
            "console": self._console,
            "request": self._request,
            "blank": self._blank,
            "hangs": self._hangs,
            "leaves": self._leaves,
            "dialog": self._dialog,
            "popup": self._popup,
            "anchor": self._anchor,
            "link": self._broken,
            "visited": self._visited,
            "remote": self._remote,
            "axe": self._axe,
            "played": self._played,
            "more": self._more,
        }

    def findings(self, seen: Sequence[Seen]) -> list[Finding]:
        """Each fault once, in the order in which it was seen."""
        self._statuses = {line.page: line.status for line in seen if line.kind == "visited"}
        self._linked = {line.target for line in seen if line.kind == "link"}
        found: dict[str, Finding] = {}
        for line in seen:
            read = self._readers.get(line.kind)
            for one in read(line) if read else ():
                found.setdefault(one.signature, one)
        return list(found.values())

    def unfinished(self, seen: Sequence[Seen], why: str) -> list[Finding]:
        """The pages that were open when the browser ended."""
        closed = {line.page for line in seen if line.kind == "closed"}
        left = [line.page for line in seen if line.kind == "opening" and line.page not in closed]
        return [
            self._on(page, "hangs", f"the page {page} was open when the browser ended", detail=why) for page in left
        ]

    def _exception(self, line: Seen) -> Iterator[Finding]:
        yield self._at(line, "exception", f"uncaught {_first(line.text)}")

    def _console(self, line: Seen) -> Iterator[Finding]:
        yield self._at(line, "console", f"the console shows an error: {_first(line.text)}")

    def _blank(self, line: Seen) -> Iterator[Finding]:
        yield self._on(line.page, "blank", f"the page {line.page} shows nothing: no text, and nothing with a size")

    def _hangs(self, line: Seen) -> Iterator[Finding]:
        hint = "a script that runs without end, or loads the page again and again, keeps it from being used"
        yield self._on(line.page, "hangs", f"the page {line.page} {line.text}", hint=hint)

    def _leaves(self, line: Seen) -> Iterator[Finding]:
        yield self._on(line.page, "leaves", f"the page {line.page} goes away to {_site(line.target)} by itself")

    def _dialog(self, line: Seen) -> Iterator[Finding]:
        message = f"the page {line.page} opens a dialog by itself: {line.text[:100]!r}"
        yield self._on(line.page, "dialog", message, severity="warning")

    def _popup(self, line: Seen) -> Iterator[Finding]:
        yield self._on(line.page, "popup", f"the page {line.page} opens a window by itself", severity="warning")

    def _anchor(self, line: Seen) -> Iterator[Finding]:
        yield self._link(line, "anchor", f"the link {line.href!r} leads to a part that is not on the page")

    def _broken(self, line: Seen) -> Iterator[Finding]:
        status = self._statuses.get(line.target)
        if isinstance(status, int) and status >= 400:
            yield self._link(line, "link", f"the link {line.href!r} leads nowhere (status {status})")

    def _visited(self, line: Seen) -> Iterator[Finding]:
        # Where a link leads to it, the link is what is wrong.
        if isinstance(line.status, int) and line.status >= 400 and line.page not in self._linked:
            yield self._on(line.page, "link", f"the page {line.page} is answered with status {line.status}")

    def _remote(self, line: Seen) -> Iterator[Finding]:
        message = f"the link {line.href[:200]!r} leads elsewhere, which cannot be reached from here"
        yield self._link(line, "remote", message, severity="note")

    def _more(self, line: Seen) -> Iterator[Finding]:
        message = f"{line.count} more pages are linked, and were not opened"
        yield finding(self._check, message, rule="pages", severity="note")

    def _at(self, line: Seen, rule: str, message: str) -> Finding:
        """A fault in a script: the first of ours that it came through; else on the page."""
        file, number = self._ours(line) or (self._page(line.page)[0], None)
        source = self._sources.at(file, number)
        detail = "\n".join(filter(None, (f"on {line.page}", line.text, source)))
        return finding(self._check, message, rule=rule, file=file, line=number, detail=detail)

    def _ours(self, line: Seen) -> tuple[str, int | None] | None:
        """The innermost place of the project that led to `line`."""
        return next((place for frame in frames(line) if (place := self._sources.place(frame))), None)

    def _on(
        self, page: str, rule: str, message: str, *, severity: Severity = "error", detail: str = "", hint: str = ""
    ) -> Finding:
        file, line = self._page(page)
        return finding(
            self._check, message, rule=rule, file=file, line=line, severity=severity, detail=detail, hint=hint
        )

    def _link(self, line: Seen, rule: str, message: str, *, severity: Severity = "error") -> Finding:
        file = self._page(line.page)[0]
        number = self._sources.line(file, f'"{line.href}"') or self._sources.line(file, line.href)
        source = self._sources.at(file, number)
        return finding(self._check, message, rule=rule, file=file, line=number, detail=source, severity=severity)

    def _request(self, line: Seen) -> Iterator[Finding]:
        target = urlsplit(line.target)
        own = target.hostname in ("localhost", "127.0.0.1")
        file, number = self._ours(line) or (self._page(line.page)[0], None)
        written = target.path.rpartition("/")[2] or target.path
        if target.path == "/favicon.ico" and self._sources.line(file, written) is None:
            return  # browsers ask for it by themselves
        if number is None or (written and written not in self._sources.at(file, number)):
            number = self._sources.line(file, written) or number
        source = self._sources.at(file, number)
        kind = line.resource.lower() or "file"
        severity: Severity
        if not own:
            message = f"the {kind} {line.target[:200]} is on another machine, which cannot be reached from here"
            severity = "error" if line.resource in _CODE else "warning"
            hint = "ship it with the project, and refer to it by a relative address"
            yield finding(
                self._check, message, rule="remote", file=file, line=number, detail=source, severity=severity, hint=hint
            )
            return
        how = f"is answered with status {line.status}" if line.status else f"fails ({line.text})"
        path = target.path + (f"?{target.query}" if target.query else "")
        message = f"the {kind} {path}, which the page {line.page} asks for, {how}"
        severity = "warning" if line.status in _DENIED and line.resource in ("XHR", "Fetch") else "error"
        yield finding(self._check, message, rule="request", file=file, line=number, detail=source, severity=severity)

    def _axe(self, line: Seen) -> Iterator[Finding]:
        file = self._page(line.page)[0]
        number = self._sources.line(file, line.html.partition(">")[0]) if line.html.startswith("<") else None
        more = f" and {line.count - 1} more" if line.count > 1 else ""
        yield finding(
            self._check,
            f"{line.text} ({line.rule}, {line.impact}): {line.selector}{more}",
            rule=f"axe/{line.rule}",
            file=file,
            line=number,
            detail=f"on {line.page}\n{line.html}",
            severity="error" if line.impact in _BLOCKING else "warning",
            hint=line.why,
        )

    def _played(self, line: Seen) -> Iterator[Finding]:
        scenario = self._scenarios.get(line.page)
        if scenario is None or line.status == "passed":
            return
        step = next((s for s in scenario.steps if s.line == line.line), None)
        did = f"{step.do} {step.given!r}" if step else f"open {scenario.opens!r}"
        yield finding(
            self._check,
            f"{scenario.criterion} ({scenario.name}): {did}: {line.text}",
            rule=scenario.id,
            file=scenario.file,
            line=line.line,
            hint="what the page does has to fit the criterion; the picture shows it as it was at that step",
        )

    def _page(self, page: str) -> tuple[str | None, int | None]:
        scenario = self._scenarios.get(page)
        return (scenario.file, scenario.line) if scenario else self._sources.page(page)


def _first(text: str) -> str:
    return text.strip().partition("\n")[0][:300] or "error"


def _site(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}" if split.netloc else url[:100]
