from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from slipway.sandboxes.docker import Engine, listed, remove


@pytest.fixture
async def tidy(engine: Engine) -> AsyncIterator[None]:
    """The test leaves nothing on the Engine; where it does, the next one does not suffer for it."""
    yield
    found = await listed(engine)
    for left in found:
        await remove(engine, left.id)
    assert found == []
