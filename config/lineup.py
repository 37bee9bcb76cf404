from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Role = Literal["architect", "coder", "tester", "fixer"]
ROLES: tuple[Role, ...] = ("architect", "coder", "tester", "fixer")

_OF_THE_ROLE = ("prompt", "tools", "max_calls")
"""What belongs to the role, whichever of its models answers."""
_PLACE = frozenset({"base_url", "api_key_env"})
"""Where a model is, and not who it is."""


class Price(BaseModel):
    """What a model costs, in USD per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    cached: float = Field(ge=0)
    output: float = Field(ge=0)


class RoleConfig(BaseModel):
    """The model, prompt version, tools and limits of one role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(pattern=r"^[a-z_]+:.+$")
    """`provider:name`: `anthropic:claude-sonnet-4-5`, `openai:gpt-5`, `scripted:tally`, `simulated:tier-a`."""
    base_url: str | None = None
    """Any OpenAI-compatible endpoint; None is the provider's own."""
    api_key_env: str | None = None
    """The environment variable that holds the key; None is the provider's usual one."""
    prompt: str = "v1"
    """The version of the role's prompt files."""
    tools: tuple[str, ...] | None = None
    """The names of the tools that it has; None is all that the role may have."""
    temperature: float | None = None
    max_output_tokens: int = Field(default=8192, gt=0)
    max_calls: int = Field(default=30, gt=0)
    """Model calls that one stage of this role may make."""
    request_timeout: float = Field(default=300.0, gt=0)
    """Seconds after which an unanswered request is given up; of an answer that streams, seconds of silence."""
    stream: bool = False
    """Have the answer sent in pieces while it is made; it is the same answer.

    For long answers through proxies and gateways that end a connection on which nothing was sent for a while.
    """
    price: Price | None = None
    """Overrides the bundled price list; needed for models that the list does not know."""
    fallbacks: tuple[RoleConfig, ...] = ()
    """Who is asked, in this order, while the model cannot be reached.

    A fallback has what it does not name from the role; but an address only from a model of its provider, a key only
    for that address, and a price only from the same model.
    """

    @model_validator(mode="before")
    @classmethod
    def _completes_its_fallbacks(cls, data: Any) -> Any:
        match data:
            case {"fallbacks": [*fallbacks], **role}:
                return {**role, "fallbacks": [_completed(fallback, role) for fallback in fallbacks]}
            case _:
                return data

    @model_validator(mode="after")
    def _fallbacks_are_only_other_models(self) -> RoleConfig:
        for fallback in self.fallbacks:
            odd = [name for name in _OF_THE_ROLE if getattr(fallback, name) != getattr(self, name)]
            if odd or fallback.fallbacks:
                raise ValueError(
                    f"fallback {fallback.model!r} has {', '.join(odd) or 'fallbacks'} of its own; "
                    "name these at the role, which they belong to"
                )
        return self

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        # It shows in messages, traces and the state; a key goes into a variable.
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give an http or https address")
        if parts.username is not None or parts.password is not None:
            raise ValueError("it holds a password; put that into a variable, and name the variable in api_key_env")
        return url


def _completed(fallback: Any, role: Mapping[str, Any]) -> Any:
    """`fallback` with what it has from its role; anything but a mapping is left to be refused."""
    if not isinstance(fallback, Mapping):
        return fallback
    had = dict(role)
    if _provider(fallback) != _provider(role):
        had.pop("base_url", None)
    if _provider(fallback) != _provider(role) or fallback.get("base_url", had.get("base_url")) != role.get("base_url"):
        had.pop("api_key_env", None)  # else the key of one address would be sent to another
    if fallback.get("model", role.get("model")) != role.get("model"):
        had.pop("price", None)
    return {**had, **fallback}


def _provider(config: Mapping[str, Any]) -> str:
    return str(config.get("model")).partition(":")[0]


class Lineup(BaseModel):
    """For each role a model, a prompt version, tools and limits: the unit that is compared and rolled out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    roles: dict[Role, RoleConfig]
    """Those that are on."""
    off: tuple[Role, ...] = ()
    """The others; docs/lineups.md says who does their part."""
    route: Literal["auto", "solo", "crew"] = "auto"
    """`auto` follows the architect's estimate."""
    history: Literal["stage", "full"] = "stage"
    """Every stage is a conversation of its own; or (`full`) the coder does all of them, in one conversation."""
    prompts: dict[str, str] = {}
    """Digests of the prompt files that are sent, by role; empty where they were not looked at yet."""

    @model_validator(mode="before")
    @classmethod
    def _one_agent_has_one_conversation(cls, data: Any) -> Any:
        match data:
            case {"history": "full", "roles": {"coder": coder}, **rest}:
                others = [role for role in ROLES if role != "coder"]
                return {**rest, "history": "full", "roles": {"coder": coder}, "off": others}
            case _:
                return data

    @model_validator(mode="after")
    def _every_role_is_on_or_off(self) -> Lineup:
        both = [role for role in self.off if role in self.roles]
        missing = [role for role in ROLES if role not in self.roles and role not in self.off]
        if "coder" in self.off:
            raise ValueError("the coder cannot be off, since nobody else writes code")
        if both:
            raise ValueError(f"line-up {self.name!r} has {', '.join(both)} both off and with a model; leave one out")
        if missing:
            raise ValueError(
                f"line-up {self.name!r} gives no model to {', '.join(missing)}; name one, or switch the role `off`"
            )
        if self.history == "full" and self.route != "solo":
            raise ValueError("`history: full` is the conversation of one agent, so it needs `route: solo`")
        return self

    def plays(self, role: Role) -> Role:
        """Who does the part of `role`: who has that role, or else the coder."""
        return role if role in self.roles else "coder"

    @property
    def digest(self) -> str:
        """The identity of a line-up: equal digests behave alike.

        Of the prompts' texts once `prompts` is there. A name, an address and a variable that holds a key are not part
        of it.
        """
        whole = self.model_dump(mode="json", exclude={"name", "off"})
        return hashlib.sha256(json.dumps(_placeless(whole), sort_keys=True).encode()).hexdigest()


def _placeless(data: Any) -> Any:
    """`data` without what says where a model is, at any depth."""
    match data:
        case dict():
            fields = cast("dict[str, Any]", data)
            return {key: _placeless(value) for key, value in fields.items() if key not in _PLACE}
        case list():
            return [_placeless(value) for value in cast("list[Any]", data)]
        case _:
            return data
