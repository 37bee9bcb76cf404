"""The promise of a session: pytest ran in a process of its own inside a sandbox, and this is what it reported.

The process is forked from one of ours, in which no code of the project has run. That one keeps the report, ends what is
left of the session, and puts the files back before the next one starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError


@dataclass(frozen=True)
class Session:
    """One run of pytest."""

    tests: tuple[str, ...]
    """Test files, or ids of tests."""
    seconds: float
    """How long it may take."""
    edits: Mapping[str, str] = field(default_factory=dict[str, str])
    """Files as they are for this session only: path -> text."""
    canaries: tuple[str, ...] = ()
    """Files of `edits` whose tests are collected under any settings of the project."""
    failing: tuple[str, ...] = ()
    """Tests (ids without parameters) that end in a failed assertion in this session."""
    until_first_failure: bool = False
    traced: tuple[str, ...] = ()
    """Files whose executed lines are recorded, test by test."""


class CollectError(BaseModel):
    """A file that could not be collected."""

    kind: Literal["collect_error"]
    id: str
    message: str
    detail: str


class Collected(BaseModel):
    """`found`: what collection gave; `collected`: what of it was going to run."""

    kind: Literal["found", "collected"]
    ids: list[str]


class Phase(BaseModel):
    """One phase of a test."""

    kind: Literal["phase"]
    id: str
    when: Literal["setup", "call", "teardown"]
    outcome: Literal["passed", "failed", "skipped"]
    seconds: float = Field(ge=0, allow_inf_nan=False)
    line: int = Field(ge=0)
    message: str
    detail: str


class Executed(BaseModel):
    """The lines that a test executed of each traced file; those of the imports have the id ''."""

    kind: Literal["executed"]
    id: str
    files: dict[str, list[Annotated[int, Field(ge=0)]]]
    programs: bool
    """It started other programs, of which the lines are not known."""


class Finished(BaseModel):
    """pytest came to its end."""

    kind: Literal["finished"]
    exit_status: int


class Ended(BaseModel):
    """pytest returned to our program, which ends the process."""

    kind: Literal["ended"]


Line = Annotated[CollectError | Collected | Phase | Executed | Finished | Ended, Field(discriminator="kind")]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def _understood(told: list[str]) -> list[Line]:
    lines: list[Line] = []
    for line in told:
        try:
            lines.append(_LINE.validate_json(line))
        except ValidationError:
            continue  # what is missing is told by what is there
    return lines


class Ran(BaseModel):
    """What became of a session."""

    exit_code: int
    """Of the process; 128 + n where signal n ended it."""
    timed_out: bool
    seconds: float = Field(ge=0)
    output: str
    """The end of what it printed."""
    forged: bool
    """Something arrived on the report's way that the reporter did not write; what came after it is left out."""
    failing: list[str]
    """The tests of `Session.failing` that could be made to fail."""
    lines: Annotated[list[Line], BeforeValidator(_understood)]
    """What the reporter wrote, in order; lines that are none are left out."""

    @property
    def whole(self) -> bool:
        """pytest came to its end, and so did our program around it."""
        kinds = {line.kind for line in self.lines}
        return {"finished", "ended"} <= kinds and not self.forged

    @property
    def phases(self) -> list[Phase]:
        """The phases of all tests, in order."""
        return [line for line in self.lines if isinstance(line, Phase)]

    def ids(self, kind: Literal["found", "collected"]) -> list[str]:
        """The tests that were found, or those that were going to run."""
        return [name for line in self.lines if isinstance(line, Collected) and line.kind == kind for name in line.ids]

    def passed(self) -> dict[str, float]:
        """The tests that passed, in all their phases, each with its seconds."""
        outcomes: dict[str, set[str]] = {}
        seconds: dict[str, float] = {}
        whens: dict[str, list[str]] = {}
        for phase in self.phases:
            outcomes.setdefault(phase.id, set()).add(phase.outcome)
            whens.setdefault(phase.id, []).append(phase.when)
            seconds[phase.id] = seconds.get(phase.id, 0.0) + phase.seconds
        every = ["setup", "call", "teardown"]
        return {name: seconds[name] for name in seconds if outcomes[name] == {"passed"} and whens[name] == every}
