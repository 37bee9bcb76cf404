from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from slipway.sandboxes.docker import Engine, listed, remove
from slipway.state import fate_of


@pytest.fixture
async def tidy(engine: Engine) -> AsyncIterator[None]:
    """The test leaves nothing on the Engine; where it does, the next one does not suffer for it."""
    yield
    found = await listed(engine)
    for left in found:
        await remove(engine, left.id)
    # Killed between making a container and starting it, a framework leaves its name to the Engine, and `gc` takes that.
    names = [left.id for left in found if left.state == "created" and await fate_of(left.opener) == "dead"]
    assert [left for left in found if left.id not in names] == []
