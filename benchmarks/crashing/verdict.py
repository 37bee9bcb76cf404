"""What a kill did to a run, judged from the outside: the endpoint's log, the journal, the branch, the events."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .proxy import Exchange
from .records import Answers, Revisions, Stored, endpoint_digest, is_model

CALLS = 10
"""Model calls of an undisturbed run of the demo `tally`."""


@dataclass(frozen=True)
class Kill:
    """What had been acknowledged when a process died, and what the endpoint had been asked."""

    moment: str
    answers: Answers
    revisions: Revisions
    asked: Counter[str]
    events: int
    """How many there were."""
    lost: tuple[str, ...] = ()
    """Acknowledged writes that the server no longer has."""


@dataclass
class Verdict:
    """How a run came through its kills. All but `twice` and `owned` must be empty or true."""

    delivered: bool = False
    version: str = ""
    same_version: bool = False
    edits_lost: list[str] = field(default_factory=list[str])
    asked_again: list[str] = field(default_factory=list[str])
    """Answered calls that were made again, of models and of tools."""
    twice: int = 0
    """Calls in flight at a kill that were asked again."""
    owned: int = 0
    """What the outcome says of them."""
    odd: list[str] = field(default_factory=list[str])
    """Whatever else is not as it should be."""
    writes_lost: list[str] = field(default_factory=list[str])
    """Acknowledged writes that a killed server had forgotten."""

    @property
    def good(self) -> bool:
        """Nothing was lost, nothing was paid for twice."""
        wrong = self.edits_lost or self.asked_again or self.odd or self.writes_lost
        return self.delivered and self.same_version and not wrong


def judge(kills: list[Kill], end: Stored, asked: Counter[str], result: dict[str, Any], version: str) -> Verdict:
    """The verdict on a run that ended with `result`; `version` is what an undisturbed run delivers."""
    verdict = Verdict(
        delivered=result.get("status") == "delivered",
        version=str(result.get("version")),
        same_version=result.get("version") == version == end.head,
        twice=sum(count > 1 for count in asked.values()),
        owned=int(result.get("asked_twice", 0)),
    )
    for kill in kills:
        verdict.writes_lost += [f"{kill.moment}: {name}" for name in kill.lost]
        verdict.edits_lost += _edits_lost(kill, end)
        verdict.asked_again += _asked_again(kill, end, asked)
    verdict.edits_lost += _disagreements(end)
    verdict.odd += _odd(kills, end, asked, verdict)
    return verdict


def _edits_lost(kill: Kill, end: Stored) -> list[str]:
    lost = [
        f"{step}: {revision} became {end.published.get(step, 'nothing')}"
        for step, revision in kill.revisions.items()
        if end.published.get(step) != revision
    ]
    return lost + [
        f"the answer of {name} changed" for name, entry in kill.answers.items() if end.journal.get(name) != entry
    ]


def _asked_again(kill: Kill, end: Stored, asked: Counter[str]) -> list[str]:
    models = {name: endpoint_digest(entry) for name, entry in kill.answers.items() if is_model(name)}
    again = [name for name, digest in models.items() if asked[digest] > kill.asked[digest]]
    executed = _executed(kill, end)
    return again + [name for name in kill.answers if _call(name) in executed]


def _executed(kill: Kill, end: Stored) -> set[tuple[str, int, str]]:
    """Step, index and kind of the tool calls that a later process executed."""
    later = list(end.events[kill.events :])
    starts = [index for index, event in enumerate(later) if event["kind"] == "run_started"]
    passages = later[starts[0] :] if starts else []
    return {(e["step"], e["index"], "tool") for e in passages if e["kind"] == "tool_called" and not e["journaled"]}


def _call(name: str) -> tuple[str, int, str]:
    step, index, kind, _ = json.loads(name)
    return step, index, kind


def _disagreements(end: Stored) -> list[str]:
    told = {(e["step"], f"{e['revision']} {e['version']}") for e in end.events if e["kind"] == "published"}
    held = {(_step(name), revision) for name, revision in end.published.items()}
    gone = [f"version {revision} is gone" for _, revision in held if revision.split()[1] not in end.manifests]
    return gone + [f"events and branch disagree on {what}" for what in sorted(told ^ held)]


def _step(name: str) -> str:
    return str(json.loads(name)[0])


def _odd(kills: list[Kill], end: Stored, asked: Counter[str], verdict: Verdict) -> list[str]:
    odd: list[str] = []
    answered = sum(is_model(name) for name in end.journal)
    if answered != CALLS:
        odd.append(f"{answered} answers are recorded, not {CALLS}")
    if sum(asked.values()) > CALLS + sum(count - 1 for count in asked.values()):
        odd.append(f"{len(asked)} different calls were made, not {CALLS}")
    if asked and max(asked.values()) > 1 + len(kills):
        odd.append(f"a call was asked {max(asked.values())} times, with {len(kills)} kills")
    if verdict.owned < verdict.twice:
        odd.append(f"the outcome owns up to {verdict.owned} calls that were asked twice, there were {verdict.twice}")
    return odd


def acknowledged(writes: list[Exchange]) -> tuple[Answers, Revisions]:
    """The answers and the revisions of which the run was told."""
    answers: Answers = {}
    revisions: Revisions = {}
    for write in writes:
        if not (write.told and write.done):
            continue
        if write.command.kind == "journal record":
            answers.setdefault(write.command.args[1].decode(), write.command.args[2])
        elif write.command.kind == "publish" and write.answer.startswith("done "):
            revisions[write.command.args[1].decode()] = write.answer.removeprefix("done ")
    return answers, revisions
