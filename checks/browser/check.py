from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ...sandboxes import BASICS, Sandbox, SandboxRefusal, SandboxUnavailable
from ...sandboxes.bridges import bridged
from ...sandboxes.services import Service
from ...state.records import Finding, Manifest, Picture, TestResult
from ...state.text import visible
from ..base import Found, NotApplicable, NotRun, Subject
from ..findings import finding
from ..node.sourcemaps import written
from ..running import App, Builds, served, startable
from ..running.asking import Unanswered, ask
from .driving import Drive, Job, NotDriven, Seen, drive
from .judging import Judge, frames
from .scenarios import MISWRITTEN, BadScenario, Scenario, is_scenario_file, read_scenarios
from .sources import Frame, Sources, built_at, is_text

Keep = Callable[[Mapping[str, bytes]], Awaitable[None]]
"""Keeps pictures, given by the SHA-256 of their bytes."""
_NO_PAGE = (404, 405)
_SCENARIOS = 30
_FRAMES = 1000
"""Places in scripts that are looked up."""
_TEXTS = 300
"""Files in which a finding is looked for."""


async def nowhere(pictures: Mapping[str, bytes]) -> None:
    """For who needs none."""


class Browser:
    """Its pages open without a fault, its links lead somewhere, all can use it, and its scenarios can be played."""

    name = "browser"
    blocking = True
    needs = (BASICS,)
    seconds = 330.0

    def __init__(
        self,
        browser: Callable[[], Awaitable[Sandbox]],
        app: App | None = None,
        keep: Keep = nowhere,
        *,
        builds: Builds | None = None,
        pages: int = 20,
        page_seconds: float = 15.0,
    ) -> None:
        """`browser` opens an empty sandbox with a browser (`Sandboxes.browsing`); this check closes it.

        `builds` is shared with others that look at the same app. `pages` are opened at most, each for at most
        `page_seconds`.
        """
        self._builds = builds or Builds()
        self._browser = browser
        self._app = app or App()
        self._keep = keep
        self._job = Job(0, ("/",), pages, (), page_seconds, 150.0)

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there is anything to start: a page may show any."""
        return manifest if startable(self._app, manifest) else ()

    async def run(self, subject: Subject) -> Found:
        """Start it in a fork, open its pages in a browser's sandbox, and end both."""
        site = self._builds.of(subject.manifest)
        scenarios, findings = await self._scenarios(subject)
        try:
            service = await served(subject.sandbox, self._app, site)
        except SandboxRefusal as refusal:
            if refusal.code != "not_ready":
                raise
            said = str(refusal).partition("\n")[0]
            raise NotRun(f"nothing answers, so no page was opened: {said}") from None
        async with service:
            if not scenarios and not findings and not await _has_page(service):
                raise NotApplicable("it answers with no page at /, and has no scenario")
            try:
                sandbox = await self._browser()
            except SandboxUnavailable as error:
                raise NotRun(f"no sandbox has a browser: {error}") from error
            try:
                async with bridged(service, sandbox) as port:
                    job = replace(self._job, port=port, scenarios=tuple(scenarios))
                    done = await drive(sandbox, job)
            except NotDriven as error:
                raise NotRun(str(error)) from error
            finally:
                await sandbox.close()
        return await self._judged(subject, done, scenarios, findings)

    async def _judged(self, subject: Subject, done: Drive, scenarios: list[Scenario], findings: list[Finding]) -> Found:
        judge = Judge(self.name, await self._sources(subject, done.seen), scenarios)
        findings = [*findings, *judge.findings(done.seen)]
        if done.ended:
            findings += judge.unfinished(done.seen, done.ended)
        tests = _tests(scenarios, done)
        failed = any(found.severity == "error" for found in findings)
        if done.ended and not failed:
            raise NotRun(done.ended)
        pictures = {name: (hashlib.sha256(data).hexdigest(), data) for name, data in done.pictures.items()}
        await self._keep(dict(pictures.values()))
        kept = [Picture(name=visible(name), digest=digest) for name, (digest, _) in pictures.items()]
        return Found(findings, tests, kept)

    async def _scenarios(self, subject: Subject) -> tuple[list[Scenario], list[Finding]]:
        scenarios: list[Scenario] = []
        findings: list[Finding] = []
        for file in sorted(path for path in subject.manifest if is_scenario_file(path)):
            try:
                scenarios += read_scenarios(file, await subject.sandbox.read(file))
            except BadScenario as error:
                findings.append(finding(self.name, str(error), rule=MISWRITTEN, file=file, line=error.line))
        for left in scenarios[_SCENARIOS:]:
            message = f"only {_SCENARIOS} scenarios are played"
            findings.append(finding(self.name, message, rule=MISWRITTEN, file=left.file, line=left.line))
        return scenarios[:_SCENARIOS], findings

    async def _sources(self, subject: Subject, seen: Sequence[Seen]) -> Sources:
        paths = [path for path in sorted(subject.manifest) if is_text(path)][:_TEXTS]
        read = await subject.sandbox.read_many(paths) if paths else {}
        texts = {path: data.decode(errors="replace") for path, data in read.items() if isinstance(data, bytes)}
        return Sources(subject.manifest, texts, self._app.folder, await self._written(subject.sandbox, seen))

    async def _written(self, sandbox: Sandbox, seen: Sequence[Seen]) -> dict[Frame, tuple[str, int]]:
        """Where the built scripts that are told of were written. The sandbox holds what the build made."""
        if not self._app.build:
            return {}
        told = dict.fromkeys(frame for line in seen for frame in frames(line) if frame.line > 0)
        places = {frame: (built_at(frame.url, self._app.folder), frame.line, frame.column) for frame in told}
        known = await written(sandbox, list(dict.fromkeys(places.values()))[:_FRAMES])
        return {frame: known[place] for frame, place in places.items() if place in known}


async def _has_page(service: Service) -> bool:
    try:
        reply = await ask(service, "GET", "/", accept="text/html")
    except Unanswered:
        return True  # the browser shall say what it is like
    if reply.status in _NO_PAGE:
        return False
    return reply.media_type in ("text/html", "application/xhtml+xml") or 300 <= reply.status < 400


def _tests(scenarios: list[Scenario], done: Drive) -> list[TestResult]:
    played = {line.page: line for line in done.seen if line.kind == "played"}
    return [_test(scenario, played.get(scenario.id)) for scenario in scenarios]


def _test(scenario: Scenario, line: Seen | None) -> TestResult:
    if line is None:
        return TestResult(id=scenario.id, status="error")
    status = "passed" if line.status == "passed" else "failed"
    return TestResult(id=scenario.id, status=status, seconds=max(0.0, line.seconds))
