"""A task: something to be built, with what decides whether it was; a suite: tasks that are used together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from .pack import SLUG

Family = Literal["new", "change", "sequence", "ambiguous"]
FAMILIES: tuple[Family, ...] = ("new", "change", "sequence", "ambiguous")

Files = Mapping[str, bytes]
"""Path -> what the file holds."""

_Slug = Annotated[str, StringConstraints(pattern=SLUG)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bug(_Part):
    """A planted fault: an edit of a step's reference that its acceptance check notices.

    It is also what the simulated developer gets wrong, and repairs once it was shown what it has to know for that.
    """

    id: _Slug
    kind: Literal[
        "comparison", "constant", "arithmetic", "boolean", "negation", "return", "variable", "branch", "import",
        "signature", "omission", "other",
    ]  # fmt: skip
    effect: Literal["wrong", "crash"]
    """It computes a wrong value, or it raises."""
    file: str
    old: str = Field(min_length=1)
    """Text that the reference's file has exactly once: whole lines."""
    new: str
    """What stands there instead: whole lines."""
    others: tuple[str, ...] = ()
    """What it becomes, one after the other, as repairs fail: further texts that are wrong."""
    requirement: str = ""
    """The id of the requirement that has to be known: of an `omission` always."""
    interface: str = ""
    """The file whose interface has to be known: of a `signature` always; it is another one than `file`."""
    fails: tuple[str, ...] = ()
    """Ids of the reference's tests, as pytest writes them, that fail of it."""

    @model_validator(mode="after")
    def _is_an_edit(self) -> Bug:
        texts = [self.old, self.new, *self.others]
        if len(set(texts)) < len(texts):
            raise ValueError(f"bug {self.id!r} has one text twice; each of old, new and others differs")
        if (self.kind == "omission") != bool(self.requirement):
            raise ValueError(f"bug {self.id!r}: an omission names its `requirement`, and nothing else does")
        if (self.kind == "signature") != bool(self.interface):
            raise ValueError(f"bug {self.id!r}: a signature names its `interface`, and nothing else does")
        return self


class Play(_Part):
    """What the simulated developer makes of a request where it is asked to plan: fields of a brief and of a plan."""

    brief: dict[str, Any]
    plan: dict[str, Any]


class Said(_Part):
    """What the person of a task knows and did not say; they answer what is asked, and nothing else."""

    about: tuple[_Text, ...] = Field(min_length=1)
    """A question that has one of these words is a question about it."""
    text: _Text
    """The answer, in the person's words."""


class Acceptance(_Part):
    """How a hidden check is run, in a copy of the project over which its files are laid."""

    command: tuple[str, ...] = ("python", "acceptance.py")
    """Exit code 0: accepted."""
    timeout: float = Field(default=60, gt=0, allow_inf_nan=False)
    """Seconds."""


class Head(_Part):
    """What a task's `task.yaml` says."""

    id: _Slug
    family: Family
    summary: _Text
    """What it is about, in one line, for people."""
    opaque: Annotated[str, StringConstraints(pattern=r"^[A-Z]-[0-9a-f]{6}$")]
    """Names the task within its requests without telling anything of it."""
    pack: str = "none"
    """A shipped pack, or `none`."""
    licence: _Text
    """SPDX, of all that is in its folder."""
    source: str = ""
    """Where it was taken from; empty: made for Slipway."""
    acceptance: Acceptance = Acceptance()
    answers: tuple[Said, ...] = ()

    @model_validator(mode="after")
    def _only_the_ambiguous_are_asked_about(self) -> Head:
        if (self.family == "ambiguous") != bool(self.answers):
            raise ValueError("a task of the family `ambiguous` has `answers`, and no other has")
        return self


class Step(_Part):
    """One request of a task."""

    request: _Text
    reference: Files
    """What is laid over what stood there before, and passes the acceptance check; with its own tests."""
    acceptance: Files
    """Hidden files."""
    stub: Files = {}
    """What is laid over what stood there before, loads, and does not pass; empty: nothing."""
    bugs: tuple[Bug, ...] = ()
    play: Play | None = None
    """None: the simulated developer cannot play it."""


class Task(Head):
    """Something to be built, with what decides whether it was."""

    start: Files = {}
    """The project that it begins with."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """Its requests, one after the other, each on what the one before left."""
    digest: str
    """The identity of all that is in its folder."""

    @property
    def playable(self) -> bool:
        """The simulated developer can play it: all of its requests have a play."""
        return all(step.play for step in self.steps)

    @model_validator(mode="after")
    def _has_the_steps_of_its_family(self) -> Task:
        if (self.family == "sequence") != (len(self.steps) > 1):
            raise ValueError("a task of the family `sequence` has several requests, and no other has")
        return self


class Suite(_Part):
    """Tasks that are used together."""

    name: _Slug
    summary: _Text
    tasks: tuple[Task, ...] = Field(min_length=1)
    digest: str

    def task(self, name: str) -> Task:
        """The task `name`; KeyError names those there are."""
        for task in self.tasks:
            if task.id == name:
                return task
        raise KeyError(f"no task {name!r}; the suite {self.name!r} has {', '.join(task.id for task in self.tasks)}")
