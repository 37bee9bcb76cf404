from __future__ import annotations

import argparse
import json

from ..config import UsageError, load_settings
from ..state import ProjectStore, UnknownProject, UnknownVersion, open_state
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway rollback`."""

    async def command() -> int:
        async with open_state(load_settings(arguments.set)) as redis:
            store = ProjectStore(redis)
            try:
                before = await store.head(arguments.project)
                after = await store.rollback_head(arguments.project, arguments.to)
            except (UnknownProject, UnknownVersion) as error:
                raise UsageError(str(error)) from error
        if arguments.json:
            print(json.dumps({"project": arguments.project, "before": before, "after": after}))
        else:
            print(f"project {arguments.project}: its head was {before}, and is {after} again")
        return 0

    return execute(command)
