"""A browser that did nothing found nothing: that is told, and is no pass."""

from __future__ import annotations

import pytest

from slipway.checks.browser.driving import Job, NotDriven, drive
from slipway.sandboxes import Sandbox


async def test_a_driver_that_does_not_start_is_told(sandbox: Sandbox) -> None:
    """This sandbox has no driver."""
    with pytest.raises(NotDriven, match=r"lacks what drives a browser \(Playwright and axe-core\)"):
        await drive(sandbox, Job(8000, ("/",), 1, (), 5.0, 20.0))
