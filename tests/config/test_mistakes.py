"""Whoever wrote a file by hand is told what may stand there, and not what a library calls it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from slipway.config.mistakes import mistakes
from slipway.config.pack import SLUG


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Inner(_Record):
    share: float = Field(default=0, ge=0, allow_inf_nan=False)
    title: str = Field(default="x", min_length=1)


class _Outer(_Record):
    inner: _Inner = _Inner()
    labels: dict[Annotated[str, StringConstraints(pattern=SLUG)], int] = {}
    names: tuple[str, ...] = Field(min_length=1)
    kind: Literal["a", "b"] = "a"
    whole: int = Field(default=1, gt=0, lt=9)
    on: bool = False


SLUG_SAID = "must be small letters, digits and single hyphens between, a letter first, not "


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, ["names: is missing; add it"]),
        ([], ["must be a mapping, not []"]),
        ({"names": []}, ["names: is empty; name at least one"]),
        ({"names": 3}, ["names: must be a list, not 3"]),
        ({"names": ["a", 3]}, ["names.1: must be a text, not 3"]),
        ({"names": ["a"], "name": 1}, ["name: is no key; there are inner, labels, names, kind, whole, on"]),
        ({"names": ["a"], "inner": {"y": 1}}, ["inner.y: is no key; there are share, title"]),
        ({"names": ["a"], "inner": 3}, ["inner: must be a mapping, not 3"]),
        ({"names": ["a"], "inner": {"share": -1}}, ["inner.share: must be at least 0, not -1"]),
        ({"names": ["a"], "inner": {"share": "x"}}, ["inner.share: must be a number, not 'x'"]),
        ({"names": ["a"], "inner": {"share": float("inf")}}, ["inner.share: must be a finite number, not inf"]),
        ({"names": ["a"], "inner": {"title": ""}}, ["inner.title: is empty; fill it in"]),
        ({"names": ["a"], "labels": {"A b": 1}}, [f"labels.A b: {SLUG_SAID}'A b'"]),
        ({"names": ["a"], "kind": "c"}, ["kind: must be 'a' or 'b', not 'c'"]),
        ({"names": ["a"], "whole": 1.5}, ["whole: must be a whole number, not 1.5"]),
        ({"names": ["a"], "whole": 9}, ["whole: input should be less than 9, not 9"]),
        ({"names": "x" * 90}, [f"names: must be a list, not '{'x' * 59}..."]),
        ({"whole": 0, "on": "so"}, [
            "names: is missing; add it", "whole: must be more than 0, not 0", "on: must be true or false, not 'so'",
        ]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_in_words(data: Any, said: list[str]) -> None:
    with pytest.raises(ValidationError) as error:
        _Outer.model_validate(data)
    assert mistakes(error.value, _Outer) == said
