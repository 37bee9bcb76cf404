"""How values of checkpoints become bytes: LangGraph's serializer, without pickle, and strict about types.

LangGraph's own answer to a type that is not allowed is a warning and the bare data. Here it is an error, and already
when the value is written: a checkpoint that could not be restored is never made.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde.event_hooks import SerdeEvent, register_serde_event_listener
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from .. import records
from ..base import UnknownType

_refused: ContextVar[list[str] | None] = ContextVar("refused", default=None)


def _note(event: SerdeEvent) -> None:
    names = _refused.get()
    if names is not None and "blocked" in event["kind"]:
        names.append(f"{event['module']}.{event['name']}")


register_serde_event_listener(_note)

OWN_TYPES: tuple[type, ...] = tuple(
    kind
    for kind in vars(records).values()
    if isinstance(kind, type) and kind.__module__ == records.__name__ and not kind.__name__.startswith("_")
)
"""The records of `slipway.state`."""

_PLAIN = (
    ormsgpack.OPT_NON_STR_KEYS
    | ormsgpack.OPT_PASSTHROUGH_DATACLASS
    | ormsgpack.OPT_PASSTHROUGH_DATETIME
    | ormsgpack.OPT_PASSTHROUGH_ENUM
    | ormsgpack.OPT_PASSTHROUGH_UUID
    | ormsgpack.OPT_REPLACE_SURROGATES
)
"""As LangGraph's serializer packs: what it hands to its hook for types is refused where there is no hook."""


class StrictSerializer(JsonPlusSerializer):
    """Plain data, LangGraph's and LangChain's own types, the records of `slipway.state`, and `allow`; nothing else."""

    def __init__(self, allow: Iterable[type] = ()) -> None:
        super().__init__(pickle_fallback=False, allowed_msgpack_modules=[*OWN_TYPES, *allow])

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """UnknownType: `obj` holds a type that could not be restored."""
        if obj is not None and not isinstance(obj, (bytes, bytearray)):
            try:
                return "msgpack", ormsgpack.packb(obj, option=_PLAIN)
            except ormsgpack.MsgpackEncodeError:
                pass  # it holds more than plain data
        return self._dumps_checked(obj)

    def _dumps_checked(self, obj: Any) -> tuple[str, bytes]:
        try:
            data = super().dumps_typed(obj)
        except TypeError as error:
            _, found, name = str(error).partition("serializable: ")
            raise (UnknownType(name) if found else error) from error
        self.loads_typed(data)
        return data

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """UnknownType: the data name a type that is not allowed."""
        refused: list[str] = []
        token = _refused.set(refused)
        try:
            value = super().loads_typed(data)
        finally:
            _refused.reset(token)
        if refused:
            raise UnknownType(refused[0])
        return value
