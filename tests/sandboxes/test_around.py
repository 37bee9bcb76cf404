"""What is written around a sandbox says only what it changes: the rest has to reach the inner one as it came."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from slipway.sandboxes import Caps, Sandbox
from slipway.sandboxes.around import Around

METHODS = {
    name: method
    for name, method in vars(Sandbox).items()
    if inspect.iscoroutinefunction(method) and not name.startswith("_")
}


class Heard:
    """Keeps every call, and answers it with itself."""

    caps = Caps("heard")

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        async def called(*arguments: Any, **more: Any) -> Any:
            self.calls.append((name, arguments, more))
            return self.calls[-1]

        return called


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"fork"}))
async def test_everything_is_handed_through(name: str) -> None:
    signature = inspect.signature(METHODS[name])
    takes = [each for each in signature.parameters.values() if each.name != "self"]
    given = tuple(object() for each in takes if each.kind is not each.KEYWORD_ONLY)
    named = {each.name: object() for each in takes if each.kind is each.KEYWORD_ONLY}
    inner: Any = Heard()
    answer = await getattr(Around(inner), name)(*given, **named)
    assert inner.calls == [(name, given, named)]
    assert answer == (None if signature.return_annotation == "None" else inner.calls[0])


def test_it_enforces_what_the_inner_one_does_and_leaves_forks_to_others() -> None:
    inner: Any = Heard()
    assert Around(inner).caps == Caps("heard")
    assert not hasattr(Around, "fork")
