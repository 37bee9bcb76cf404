"""What a simulated developer is like: `TIER?seed=3&suite=core&...`, which is the model's name in every request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from ...config import ConfigurationError
from ...state.records import Record

Tier = Literal["tier-a", "tier-b", "tier-c"]
TIERS: tuple[Tier, ...] = get_args(Tier)
REPAIR_WRONG: dict[Tier, float] = {"tier-a": 0.9, "tier-b": 0.68, "tier-c": 0.45}
REPAIR_CRASH = 0.77

_FAULT = r"4\d\d|5\d\d|timeout|cut|malformed"
_FORMS = {
    "latency": "it should be three numbers of seconds, as in 0.5,0.0001,0.015",
    "faults": "it should be KIND:P,..., each KIND an HTTP status from 400, timeout, cut or malformed, "
    "and all P at most 1 together",
}
PREFIX = "simulated:"
"""What stands before a tier in a line-up."""


def _numbers(text: Any) -> Any:
    return tuple(text.split(",")) if isinstance(text, str) else text


def _rates(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    return tuple(tuple(part.split(":", 1)) for part in text.split(",") if part)


_Share = Annotated[float, Field(ge=0, le=1)]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Options(Record):
    """How good a simulated developer is, what befalls it, and which draw of all that this is."""

    tier: Tier = "tier-a"
    """How often it repairs a wrong value that it knows all about: 0.9, 0.68 or 0.45; a crash: 0.77."""
    seed: int = Field(default=0, ge=0)
    suite: str = Field(default="core", min_length=1)
    """The name of a shipped suite, or a suite's folder: the tasks that it can play."""
    acts: int = Field(default=1, ge=1)
    """Tool calls in one reply, at most."""
    bugs: int = Field(default=4, ge=0)
    """How many of a task's bugs it makes, at most."""
    repair_wrong: _Share | None = None
    """Instead of the tier's."""
    repair_crash: _Share | None = None
    blind: _Share = 0.05
    """How often it repairs faulty code that it sees, without knowing what fails."""
    bias: _Share = 0.3
    """How often a bug that it sees goes into the tests it writes, too."""
    distraction: int = Field(default=0, ge=0)
    """Tokens of a prompt beyond what is needed, after which it repairs half as often; 0: never."""
    latency: Annotated[tuple[_Seconds, _Seconds, _Seconds], BeforeValidator(_numbers)] = (0.5, 0.0001, 0.015)
    """Seconds a call, an input token and an output token: by default of the order of a hosted model's."""
    jitter: _Share = 0.2
    """The part of a latency by which it may be shorter or longer."""
    pace: _Seconds = 0.0
    """Real seconds that a simulated second takes; 0: none, and the latency is only written down."""
    faults: Annotated[
        tuple[tuple[Annotated[str, Field(pattern=rf"^({_FAULT})$")], _Share], ...], BeforeValidator(_rates)
    ] = ()
    """What goes wrong (an HTTP status from 400, timeout, cut, malformed), each with its probability an attempt."""

    @model_validator(mode="after")
    def _faults_exclude_each_other(self) -> Options:
        if sum(rate for _, rate in self.faults) > 1:
            raise ValueError("the probabilities of `faults` are more than 1 together")
        return self

    @property
    def wrong(self) -> float:
        """How often it repairs a wrong value that it knows all about."""
        return REPAIR_WRONG[self.tier] if self.repair_wrong is None else self.repair_wrong

    @property
    def crash(self) -> float:
        """How often it repairs a crash that it knows all about."""
        return REPAIR_CRASH if self.repair_crash is None else self.repair_crash

    def __str__(self) -> str:
        """The model's name that says all of it: `read_options` makes the same of it."""
        said = {name: _text(value) for name, value in self if name != "tier" and value not in (None, ())}
        return f"{self.tier}?{urlencode(said, safe='/,:')}"


def _text(value: Any) -> str:
    match value:
        case (tuple(), *_):
            return ",".join(f"{kind}:{rate!r}" for kind, rate in value)
        case tuple():
            return ",".join(map(repr, value))
        case _:
            return str(value)


def read_options(model: str, defaults: Options | None = None) -> Options:
    """What `TIER?seed=3&...` says, and `defaults` where it says nothing.

    In front of the tier may stand `simulated:`, or what some clients put before a model's name: `openai/TIER?...`.
    ConfigurationError for an unknown tier, option or value; it lists what there is.
    """
    name, _, query = model.removeprefix(PREFIX).partition("?")
    tier = name.rpartition("/")[2]
    if tier not in TIERS:
        raise ConfigurationError(f"{model!r}: there is no tier {tier!r}; the tiers are {', '.join(TIERS)}")
    said = parse_qsl(query, keep_blank_values=True)
    known = [name for name in Options.model_fields if name != "tier"]
    given = dict(said)
    unknown = [name for name in given if name not in known]
    if unknown or len(given) < len(said):
        what = f"unknown option {', '.join(unknown)}" if unknown else "an option is given twice"
        raise ConfigurationError(f"{model!r}: {what}; the options are {', '.join(known)}, each once")
    try:
        return Options.model_validate({**dict(defaults or Options()), **given, "tier": tier})
    except ValidationError as error:
        raise ConfigurationError(f"{model!r}: {_slip(error, given)}") from error


def _slip(error: ValidationError, given: Mapping[str, str]) -> str:
    first = error.errors()[0]
    option = str(first["loc"][0]) if first["loc"] else "faults"
    return f"{option}: {_FORMS.get(option, first['msg'])}, not {given.get(option, '')!r}"
