"""The nouns of Slipway as frozen records; each is JSON and nothing else.

Behaviour lives in the classes that act on them: a record that has crossed a wire stays what it was.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from ..config.lineup import Lineup, Role
from .text import counted


class Record(BaseModel):
    """Frozen, and strict about its fields: an unknown one is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def project_path(path: str) -> str:
    """Return `path` unchanged if it names a file inside the project, relative and normalised; ValueError otherwise."""
    if not path or path != posixpath.normpath(path) or path.startswith(("/", "../")) or path in (".", ".."):
        raise ValueError(f"{path!r} is not a path inside the project; give a relative path without '..'")
    if ".git" in path.split("/") or not path.isprintable() or "\\" in path:
        raise ValueError(f"{path!r} is a path that a project may not hold; choose another name")
    return path


ProjectPath = Annotated[str, AfterValidator(project_path)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]

Stage = Literal["interpret", "design", "baseline", "code", "write_tests", "check", "mutate", "fix", "rule", "deliver"]
Status = Literal[
    "running",
    "delivered", "gave_up", "conflict", "cancelled", "failed",
    "needs_input", "over_budget", "paused",
]  # fmt: skip
Cause = Literal[
    "interrupt", "timeout", "question", "model", "sandbox", "budget", "quota", "delivery", "replayed", "pause",
    "cancel",
]  # fmt: skip
ENDED: frozenset[Status] = frozenset({"delivered", "gave_up", "conflict", "cancelled", "failed"})
PARKED: frozenset[Status] = frozenset({"needs_input", "over_budget", "paused"})


# --- files -----------------------------------------------------------------------------------------------------------


class FileRef(NamedTuple):
    """A file of a version: the SHA-256 of its bytes, and whether it is executable."""

    digest: str
    executable: bool = False

    def encode(self) -> str:
        """The wire form: the digest, with `+x` behind it for an executable file."""
        return f"{self.digest}+x" if self.executable else self.digest

    @classmethod
    def decode(cls, text: str) -> FileRef:
        """The inverse of `encode`."""
        digest, _, flag = text.partition("+")
        return cls(digest, flag == "x")


Manifest = dict[str, FileRef]
"""A version's files: path -> what it holds."""


# --- the brief and the plan ------------------------------------------------------------------------------------------


class Requirement(Record):
    """One thing the software must do."""

    id: Annotated[str, Field(pattern=r"^R\d+$")]
    text: str = Field(min_length=1)


class Criterion(Record):
    """One observable fact that shows a requirement is met; tests carry its id in their names."""

    id: Annotated[str, Field(pattern=r"^C\d+$")]
    text: str = Field(min_length=1)
    requirement: str
    """The id of the requirement that it belongs to."""
    kept: bool = False
    """It holds before the run, and must still hold after it: a test that passes on the old code may prove it."""
    manual: bool = False
    """No check can prove it; a person has to."""


class Question(Record):
    """What the architect would like to know, and what is assumed where nobody is asked."""

    id: Annotated[str, Field(pattern=r"^Q\d+$")]
    text: str = Field(min_length=1)
    options: tuple[str, ...] = ()
    """Answers to choose from; any other is fine, too."""
    default: str = ""
    """The answer that is assumed."""
    matters: bool = False
    """A wrong guess would build something else."""


class Brief(Record):
    """The interpreted goal."""

    title: str = Field(min_length=1)
    goal: str = Field(min_length=1)
    requirements: tuple[Requirement, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    assumptions: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    """What the request leaves open; each is answered by the person, or by its default as an assumption."""

    @field_validator("questions", mode="before")
    @classmethod
    def _plain_questions(cls, value: object) -> object:
        # Models often send the text alone.
        if not isinstance(value, list | tuple):
            return value
        return [{"id": f"Q{n}", "text": q} if isinstance(q, str) else q for n, q in enumerate(value, 1)]

    @model_validator(mode="after")
    def _ids_are_unique_and_known(self) -> Brief:
        _unique("requirement", [r.id for r in self.requirements])
        _unique("criterion", [c.id for c in self.criteria])
        _unique("question", [q.id for q in self.questions])
        known = {r.id for r in self.requirements}
        for criterion in self.criteria:
            if criterion.requirement not in known:
                raise ValueError(f"criterion {criterion.id} names {criterion.requirement!r}, which is no requirement")
        return self


class Component(Record):
    """A part of the software that one coder writes alone."""

    id: Identifier
    purpose: str = Field(min_length=1)
    files: tuple[ProjectPath, ...] = Field(json_schema_extra={"minItems": 1})
    """The files that it owns; nobody else writes them. Only in a plan that is open there may be none."""
    interface: str = Field(min_length=1)
    """The public names, signatures and behaviour that other components and the tests rely on."""
    depends_on: tuple[Identifier, ...] = ()


class Commands(Record):
    """The shell commands of the built software, run at its root; None where there is nothing to do."""

    install: str | None = None
    build: str | None = None
    test: str | None = None
    start: str | None = None


class Plan(Record):
    """The architecture: who writes what, against which interfaces, in which order."""

    summary: str = Field(min_length=1)
    components: tuple[Component, ...] = Field(min_length=1)
    commands: Commands = Commands()
    route: Literal["solo", "crew"] = "crew"
    tests: tuple[ProjectPath, ...] = Field(json_schema_extra={"minItems": 1})
    """The test files, owned by the tester."""
    pack: str = ""
    """The conventions that it follows; empty: none."""
    outdated: tuple[str, ...] = ()
    """Ids of existing tests that the request makes wrong: no others may come to expect something else."""
    open: SkipJsonSchema[bool] = False
    """Nobody planned it: its one component may own any file that is not for tests, and files are named once written."""

    @model_validator(mode="after")
    def _names_its_files(self) -> Plan:
        if self.open and len(self.components) > 1:
            raise ValueError("an open plan has one component, which owns whatever is written")
        if not self.open and (bare := [c.id for c in self.components if not c.files]):
            raise ValueError(f"component {bare[0]!r} owns no file; name at least one")
        if not self.open and not self.tests:
            raise ValueError("tests: name at least one test file")
        return self

    @model_validator(mode="after")
    def _components_fit_together(self) -> Plan:
        _unique("component", [c.id for c in self.components])
        _unique("file", [path for c in self.components for path in c.files] + list(self.tests))
        _tests_steer_themselves(self.components)
        _no_file_is_a_folder([path for c in self.components for path in c.files] + list(self.tests))
        known = {c.id for c in self.components}
        for component in self.components:
            for name in component.depends_on:
                if name not in known:
                    raise ValueError(f"component {component.id!r} depends on {name!r}, which the plan does not have")
        self.waves()
        return self

    def waves(self) -> tuple[tuple[str, ...], ...]:
        """Component ids in dependency order; those of one wave are independent. ValueError on a cycle."""
        left = {c.id: set(c.depends_on) for c in self.components}
        waves: list[tuple[str, ...]] = []
        while left:
            ready = tuple(name for name, needs in left.items() if not needs & left.keys())
            if not ready:
                raise ValueError(f"components {', '.join(sorted(left))} depend on each other in a circle")
            waves.append(ready)
            for name in ready:
                del left[name]
        return tuple(waves)

    def component(self, name: str) -> Component:
        """The component `name`; KeyError names those there are."""
        for component in self.components:
            if component.id == name:
                return component
        raise KeyError(f"no component {name!r}; the plan has {', '.join(c.id for c in self.components)}")


class Ruling(Record):
    """What the architect says of a test that the fixer disputes."""

    test_is_wrong: bool
    """It contradicts the criterion that it is named after."""
    why: str = Field(min_length=1)


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what} {', '.join(map(repr, twice))} appears more than once")


_STEERING = frozenset({
    "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "sitecustomize.py",
    "usercustomize.py",
})  # fmt: skip


def steers_tests(path: str) -> bool:
    """Whether the file `path` decides how tests run."""
    return path.rpartition("/")[2] in _STEERING or path.endswith(".pth")


def _tests_steer_themselves(components: tuple[Component, ...]) -> None:
    for component in components:
        for path in component.files:
            if steers_tests(path):
                raise ValueError(
                    f"component {component.id!r} owns {path!r}, which decides how tests run; "
                    "it may stand under `tests` only"
                )


def _no_file_is_a_folder(paths: list[str]) -> None:
    folders = {path.rpartition("/")[0] for path in paths}
    folders |= {"/".join(folder.split("/")[:end]) for folder in folders for end in range(1, folder.count("/") + 1)}
    if both := sorted(folders & set(paths)):
        raise ValueError(f"{', '.join(map(repr, both))} would be a file and a folder; rename one")


# --- checks ----------------------------------------------------------------------------------------------------------


Severity = Literal["error", "warning", "note"]
"""How grave a finding is, in the words of SARIF."""


class Finding(Record):
    """One thing that a check found."""

    check: str
    message: str
    file: str | None = None
    line: int | None = None
    rule: str | None = None
    detail: str = ""
    """What a reader needs to act on it: a traceback, the source line."""
    signature: str
    """Equal for the same fault on another run, whatever lines, times and addresses did."""
    severity: Severity = "error"
    hint: str = ""
    """What to do about it, for the model that repairs it."""

    @property
    def place(self) -> str:
        """`FILE:LINE`, as far as it is known; '' where it is nowhere."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file or ""


class TestResult(Record):
    """One test of a run of the tests."""

    __test__ = False  # the name is the field's; pytest must not collect it

    id: str
    """For example `tests/test_amounts.py::test_c1_reads_cents`."""
    status: Literal["passed", "failed", "error", "skipped"]
    seconds: float = 0.0


class Picture(Record):
    """What a page looked like."""

    name: str
    """For people: which page, how wide."""
    media_type: Literal["image/png"] = "image/png"
    digest: str
    """The SHA-256 of its bytes, under which they are kept."""


CheckStatus = Literal["passed", "failed", "not_run", "not_applicable"]
"""What became of a check. `not_run` is never a pass; `not_applicable`: the project has nothing that it is about."""


class CheckResult(Record):
    """What one check said of one version."""

    check: str
    status: CheckStatus
    blocking: bool = True
    reason: str = ""
    """Why it did not run, or had nothing to do."""
    findings: tuple[Finding, ...] = ()
    tests: tuple[TestResult, ...] = ()
    pictures: tuple[Picture, ...] = ()
    seconds: float = 0.0
    """What it took when it ran."""
    cached: bool = False
    """It was said before, of the same files."""


class CheckReport(Record):
    """Every check on one version."""

    version: str
    results: tuple[CheckResult, ...]

    @property
    def green(self) -> bool:
        """Every blocking check that is about anything in the project ran and passed, and there was one."""
        blocking = {result.status for result in self.results if result.blocking} - {"not_applicable"}
        return blocking == {"passed"}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The errors that all blocking checks found, in order."""
        return tuple(f for r in self.results if r.blocking for f in r.findings if f.severity == "error")

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """All that all checks found, in order: warnings and advice, too."""
        return tuple(f for r in self.results for f in r.findings)

    @property
    def tests(self) -> tuple[TestResult, ...]:
        """Every test that ran, of every check."""
        return tuple(t for r in self.results for t in r.tests)


class Evidence(Record):
    """What shows that an acceptance criterion is met on the delivered version."""

    criterion: str
    status: Literal["proven", "failed", "unproven"]
    check: str | None = None
    tests: tuple[str, ...] = ()


class Survivor(Record):
    """A fault that was put into the code, and that no test noticed."""

    file: str
    line: int
    function: str
    """The qualified name of what it is in; '' at the top of the file."""
    operator: str
    before: str
    after: str
    tests: tuple[str, ...] = ()
    """The tests that ran with it; without any, none reaches the line."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f", in {self.function}" if self.function else "")
        why = f"{counted(len(self.tests), 'test')} ran it and passed" if self.tests else "no test runs this line"
        return f"{where}: with `{self.after}` in the place of `{self.before}`, no test fails ({why})"


class MutationResult(Record):
    """Whether the tests notice faults that are put into one component, or whether those of one criterion do."""

    component: str
    """Its id; or that of the criterion."""
    killed: int = 0
    """Noticed by a test that failed."""
    timed_out: int = 0
    """Noticed by a test that ran much longer."""
    survivors: tuple[Survivor, ...] = ()
    not_run: int = 0
    """For want of time."""
    reason: str = ""
    """Why none was run."""
    seconds: float = 0.0

    @property
    def survived(self) -> int:
        """How many no test noticed."""
        return len(self.survivors)

    @property
    def noticed(self) -> int:
        """How many a test noticed."""
        return self.killed + self.timed_out

    @property
    def tried(self) -> int:
        """How many were run."""
        return self.noticed + self.survived

    @property
    def score(self) -> float | None:
        """Noticed / run; None where none was run: missing, never zero."""
        return self.noticed / self.tried if self.tried else None


# --- runs ------------------------------------------------------------------------------------------------------------


Level = Literal["call", "stage", "run", "project", "tenant_day"]
"""Where what model calls take is added up, from the narrow to the wide."""
Measure = Literal["steps", "tokens", "cost_usd"]


class Cap(Record):
    """What model calls may take together; None is no bound."""

    cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tokens: int | None = Field(default=None, gt=0)
    """In and out, cached ones included."""
    steps: int | None = Field(default=None, gt=0)
    """Model calls."""

    def over(self, other: Cap) -> Cap:
        """This one, with the bounds of `other` where it has none."""
        return other.model_copy(update=self.model_dump(exclude_none=True))


class RunLimits(Record):
    """What a run may take, by level. A call is paid for on every level at once, or is not made."""

    call: Cap = Cap()
    stage: Cap = Cap()
    """Each of its stages, all steps and rounds of it."""
    run: Cap = Cap()
    project: Cap = Cap()
    """All runs of its project."""
    tenant_day: Cap = Cap()
    """All runs of its tenant on one day (UTC)."""
    seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Wall time of all passages of the run."""

    def bounds_cost(self) -> Level | None:
        """The first level whose cost is bounded."""
        levels: dict[Level, Cap] = {
            "call": self.call, "stage": self.stage, "run": self.run, "project": self.project,
            "tenant_day": self.tenant_day,
        }  # fmt: skip
        return next((level for level, cap in levels.items() if cap.cost_usd is not None), None)


class Spread(Record):
    """The middle and the ends of some figures."""

    median: float
    least: float
    most: float


class Estimate(Record):
    """What a run may take, going by those that delivered to its project before; None is unknown."""

    runs: int = 0
    """How many runs it is made of."""
    cost_usd: Spread | None = None
    tokens: Spread | None = None
    """In and out."""
    seconds: Spread | None = None


class Usage(Record):
    """Tokens, money and time of model calls. `cost_usd` is None where a price is unknown: missing, never zero."""

    calls: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    """All input tokens, the cached ones included."""
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cost_usd: float | None = 0.0
    model_seconds: float = 0.0
    waiting_seconds: float = Field(default=0.0, ge=0)
    """What calls took beside that: until a limit let them, for attempts without an answer and the pauses between."""
    answered: dict[str, int] = Field(default_factory=dict[str, int])
    """The calls by who answered them, as `provider:model`: the role's model or one of its fallbacks."""

    def __add__(self, other: Usage) -> Usage:
        """The sum; its cost is unknown if either is."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
            model_seconds=self.model_seconds + other.model_seconds,
            waiting_seconds=self.waiting_seconds + other.waiting_seconds,
            answered=dict(Counter(self.answered) + Counter(other.answered)),
        )


ProblemKind = Literal["missing_fact", "broken_tool", "contradictory_instruction", "other"]
"""What hindered an agent."""


class Problem(Record):
    """What an agent reported to hinder it."""

    kind: ProblemKind
    text: str

    def __str__(self) -> str:
        return self.text if self.kind == "other" else f"{self.kind.replace('_', ' ')}: {self.text}"


class StageRecord(Record):
    """One finished step: what it was, who did it, what it cost, and the version it left."""

    step: str
    """The logical path of the step, for example `code/amounts` or `fix/1`."""
    stage: Stage
    role: Role | None = None
    model: str | None = None
    usage: Usage = Usage()
    seconds: float = 0.0
    version: str | None = None
    note: str = ""
    problems: tuple[Problem, ...] = ()
    """What its agent reported."""


class Origin(Record):
    """Where a run that did not begin at the beginning came from."""

    kind: Literal["fork", "replay"]
    """A fork goes on anew; a replay is answered from the record, and delivers to nobody."""
    run: str
    """The run that it was made of."""
    step: str | None = None
    """The step of that run behind which it begins; None is the very beginning."""
    checkpoint: str | None = None
    """The checkpoint of that run with which it begins."""
    version: str
    """The version that it begins with."""
    line: tuple[str, ...] = ()
    """Where the run of a replay was a replay itself: the runs that it was answered from."""
    anew: Stage | None = None
    """The stage of a replay that asks a model again; the replay stops once the checks have judged it."""


class RunRecord(Record):
    """What a run was asked to do and with what: enough to do it again."""

    id: str
    project: str
    request: str
    lineup: Lineup
    base: str
    """The version that the run started from."""
    created: datetime
    status: Status = "running"
    into: str | None = None
    """The directory that the files are delivered to."""
    tenant: str = "default"
    """On whose account it is."""
    limits: RunLimits = RunLimits()
    fix_rounds: int = 6
    """Repairs before the run gives up."""
    mutants: int = 20
    """Faults that are put into each component before a delivery."""
    ask: Literal["never", "auto", "always"] = "never"
    """Which of the architect's questions are asked."""
    approve: Literal["never", "plan", "all"] = "never"
    """What a person is asked to approve."""
    pack: str = ""
    """The conventions that it is held to: a pack's name or folder; `auto`: the architect chooses; empty: none."""
    origin: Origin | None = None
    """None for a run that began with its request."""
    adopted: bool = False
    """Another platform runs the graph; it alone can go on with it."""
    slipway: str = ""
    """The version of Slipway that started it."""
    labels: dict[str, str] = {}
    """What it is one of, such as an experiment, for whoever looks at many: on every span of it."""
    traces: tuple[str, ...] = ()
    """The trace ids of the run's passages, oldest first."""

    @model_validator(mode="before")
    @classmethod
    def _with_limits(cls, data: Any) -> Any:
        """Older records hold one limit, `max_cost_usd`."""
        if not isinstance(data, dict) or "max_cost_usd" not in data:
            return data
        fields = cast("dict[str, Any]", data)
        rest = {name: value for name, value in fields.items() if name != "max_cost_usd"}
        return {"limits": {"run": {"cost_usd": fields["max_cost_usd"]}}, **rest}


class Pending(Record):
    """What a parked run waits for a person to decide."""

    id: str
    """The interrupt's; the answer is given by it."""
    request: dict[str, JsonValue]
    """A `HITLRequest`: the actions, and what may be decided on each."""


class Outcome(Record):
    """How a run ended or was parked, with its evidence and its price."""

    run: str
    project: str
    status: Status
    reason: str = ""
    """Why it is not `delivered`, and the next step."""
    cause: Cause | None = None
    """What parked it."""
    version: str | None = None
    """The best version: the delivered one, else the last that was published."""
    files: tuple[str, ...] = ()
    into: str | None = None
    brief: Brief | None = None
    commands: Commands = Commands()
    """How the files are built, tested and started, as the plan says."""
    evidence: tuple[Evidence, ...] = ()
    checks: CheckReport | None = None
    pack: str = ""
    """The conventions that it was held to; empty: none."""
    violations: dict[str, int] = {}
    """How often each rule of the pack was broken on the way, in any version that was judged; each place once."""
    mutations: tuple[MutationResult, ...] = ()
    """Whether the tests notice faults: of each component, and of each criterion that held before."""
    stages: tuple[StageRecord, ...] = ()
    problems: dict[ProblemKind, int] = {}
    """How often agents reported what, all stages together."""
    usage: Usage = Usage()
    seconds: float = 0.0
    """Wall time of the run, all passages together."""
    waiting: tuple[Pending, ...] = ()
    """What `needs_input` waits for."""
    lineup: str = ""
    """The digest of the line-up."""
    prompts: dict[str, str] = {}
    """The digests of the prompts that it sent, by role."""
    asked_twice: int = 0
    """Calls that were in flight when a process died, and had to be made again."""
    trace_id: str | None = None


CallKind = Literal["model", "tool", "check", "answer"]
"""What a run asks somebody else for."""


class JournalAnswer(Record):
    """The answer of a call: a model's reply, a tool's result, what the checks said or a person decided."""

    step: str
    index: int
    """The place of the call in its step, from 0."""
    kind: CallKind
    digest: str
    """SHA-256 of the canonical request."""
    reply: str
    """The answer, as JSON."""


class JournalEntry(JournalAnswer):
    """One answered call, whole."""

    request: str
    """The canonical request, as JSON."""


# --- what people say to a run ---------------------------------------------------------------------------------------


MOST_SAID = 10_000
"""Characters of what a person says at once."""


class _Message(Record):
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class Cancel(_Message):
    """End the run for good."""

    kind: Literal["cancel"] = "cancel"
    reason: str = ""


class Pause(_Message):
    """Park the run."""

    kind: Literal["pause"] = "pause"


class Steer(_Message):
    """An instruction to whoever works on the run, now and later."""

    kind: Literal["steer"] = "steer"
    text: str = Field(min_length=1, max_length=MOST_SAID)


class Answer(_Message):
    """What a person decided where the run asked."""

    kind: Literal["answer"] = "answer"
    interrupt: str = Field(min_length=1)
    """The id of LangGraph's interrupt that asks."""
    decision: JsonValue
    """As that interrupt wants it."""


InboxMessage = Annotated[Cancel | Pause | Steer | Answer, Field(discriminator="kind")]
"""What a run's inbox holds."""


class Instruction(Record):
    """The text of a `Steer`, with the id that it has in the inbox."""

    id: str
    text: str


# --- events ----------------------------------------------------------------------------------------------------------


class _Event(Record):
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class RunStarted(_Event):
    """A passage of a run began."""

    kind: Literal["run_started"] = "run_started"
    run: str
    project: str
    request: str
    lineup: str
    resumed: bool = False
    estimate: Estimate | None = None
    """What the run may take; None where it goes on."""
    limits: RunLimits = RunLimits()


class StageStarted(_Event):
    """A step began."""

    kind: Literal["stage_started"] = "stage_started"
    step: str
    stage: Stage
    role: Role | None = None
    model: str | None = None


class ModelCalled(_Event):
    """A model answered, now or, where `journaled`, before."""

    kind: Literal["model_called"] = "model_called"
    step: str
    index: int
    role: Role
    model: str
    usage: Usage
    journaled: bool = False


class Waiting(_Event):
    """A call of a model waits before it is made, or made again."""

    kind: Literal["waiting"] = "waiting"
    step: str
    index: int
    role: Role
    model: str
    reason: str
    seconds: float | None = None
    """How long; None where that is not known yet."""


class ToolCalled(_Event):
    """A tool returned, now or, where `journaled`, before."""

    kind: Literal["tool_called"] = "tool_called"
    step: str
    index: int
    tool: str
    ok: bool
    seconds: float
    journaled: bool = False


class ProblemReported(_Event):
    """An agent reported what hinders it."""

    kind: Literal["problem_reported"] = "problem_reported"
    step: str
    index: int
    """Of the call with which it did."""
    problem: Problem


class Steered(_Event):
    """An agent is given instructions with its next request."""

    kind: Literal["steered"] = "steered"
    step: str
    index: int
    """Of that request."""
    instructions: tuple[Instruction, ...]


class ChecksFinished(_Event):
    """The checks ran on a version."""

    kind: Literal["checks_finished"] = "checks_finished"
    step: str
    version: str
    green: bool
    results: dict[str, CheckStatus]
    findings: tuple[str, ...] = ()
    """One line a finding."""


class Published(_Event):
    """A step's files became a version on the run's branch."""

    kind: Literal["published"] = "published"
    step: str
    revision: int
    version: str
    paths: tuple[str, ...]


class StageFinished(_Event):
    """A step ended."""

    kind: Literal["stage_finished"] = "stage_finished"
    record: StageRecord


class RunEnded(_Event):
    """A passage of a run ended: the run is over or parked."""

    kind: Literal["run_ended"] = "run_ended"
    outcome: Outcome


Event = Annotated[
    RunStarted
    | StageStarted
    | ModelCalled
    | Waiting
    | ToolCalled
    | ProblemReported
    | Steered
    | ChecksFinished
    | Published
    | StageFinished
    | RunEnded,
    Field(discriminator="kind"),
]
"""What happens in a run, in order; the command line, the server and tests read nothing else."""
