"""All that is measured, one section after the other; within a section everything takes turns."""

from __future__ import annotations

import os
import sys
import time

from .commands import beside, commands, crowd
from .previews import previews
from .setting import Measured, Setting
from .workspaces import checkout, files, forks, openings

SECTIONS = {
    section.__name__: section for section in (commands, beside, checkout, files, forks, crowd, previews, openings)
}


async def measured(setting: Setting) -> Measured:
    """The sections that are asked for."""
    found = Measured(load=os.getloadavg()[0])
    for name in setting.sections:
        began = time.perf_counter()
        await SECTIONS[name](setting, found)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return found
