"""What pydantic finds wrong in what a person or a client wrote, said in words."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .pack import SLUG

_SHOWN = 60
"""Characters of a value that are shown."""
_KINDS = {
    "string_type": "a text",
    "bool_type": "true or false", "bool_parsing": "true or false",
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "float_type": "a number", "float_parsing": "a number", "finite_number": "a finite number",
    "tuple_type": "a list", "list_type": "a list",
    "dict_type": "a mapping", "mapping_type": "a mapping", "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}  # fmt: skip
"""pydantic's name of a mistake -> what has to be there."""
_BOUNDS = {"greater_than": ("more than", "gt"), "greater_than_equal": ("at least", "ge")}


def mistakes(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Each thing for which `model` refused data: its key, what is wrong with it, and what may be there."""
    return list(dict.fromkeys(_told(each, model) for each in error.errors()))


def _told(mistake: ErrorDetails, model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in mistake["loc"] if part != "[key]")
    return f"{where + ': ' if where else ''}{_said(mistake, model)}"


def _said(mistake: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = mistake["type"], mistake.get("ctx", {})
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, not {_shown(mistake)}"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"must be {words} {context[bound]:g}, not {_shown(mistake)}"
    match kind:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return f"is no key; there are {', '.join(_keys(model, mistake['loc'][:-1]))}"
        case "too_short" if context["min_length"] == 1:
            return "is empty; name at least one"
        case "string_too_short" if context["min_length"] == 1:
            return "is empty; fill it in"
        case "string_pattern_mismatch" if context["pattern"] == SLUG:
            return f"must be small letters, digits and single hyphens between, a letter first, not {_shown(mistake)}"
        case "literal_error":
            return f"must be {context['expected']}, not {_shown(mistake)}"
        case "value_error":
            return mistake["msg"].removeprefix("Value error, ")
        case _:
            return f"{mistake['msg'][0].lower()}{mistake['msg'][1:]}, not {_shown(mistake)}"


def _shown(mistake: ErrorDetails) -> str:
    text = repr(mistake["input"])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _keys(model: type[BaseModel], where: Sequence[int | str]) -> list[str]:
    """The keys of the record at `where`, a field of records from `model` on."""
    for part in where:
        inner = model.model_fields[str(part)].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel), "only records refuse keys"
        model = inner
    return list(model.model_fields)
