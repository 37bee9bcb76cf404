from __future__ import annotations

import argparse
import json

from redis.asyncio import Redis

from ..config import Settings, load_settings
from ..sandboxes.leftovers import containers
from ..state import ProjectStore, Swept, open_state
from .execution import execute
from .ownership import owner


def main(arguments: argparse.Namespace) -> int:
    """`slipway gc`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        async with open_state(settings) as redis:
            projects = ProjectStore(redis)
            total = Swept()
            for name in await projects.names():
                swept = await projects.sweep(name, grace=arguments.grace)
                total += swept
                _tell(name, swept, await projects.used(name), arguments.json)
            await _remove_sandboxes(redis, settings, arguments.json)
        if not arguments.json:
            print(f"freed {_size(total.bytes)} in all; what was needed until just now goes in a later collection")
        return 0

    return execute(command)


async def _remove_sandboxes(redis: Redis, settings: Settings, as_json: bool) -> None:
    """End what a run left of its sandboxes; what a live process may own stays."""
    async with containers(settings.sandbox) as there:
        for container in there.found:
            nobodys, _ = await owner(redis, container)
            if not nobodys:
                continue
            await there.remove(container)
            if as_json:
                print(json.dumps({"sandbox": container.id, "run": container.run}))
            else:
                print(f"removed sandbox {container.id[:12]}, which run {container.run} had left")


def _tell(project: str, swept: Swept, left: int, as_json: bool) -> None:
    if as_json:
        facts = {"project": project, "blobs": swept.blobs, "bytes": swept.bytes, "versions": swept.manifests}
        print(json.dumps({**facts, "left": left}))
    else:
        freed = f"{swept.blobs} contents and {swept.manifests} versions, {_size(swept.bytes)}"
        print(f"{project}: freed {freed}; {_size(left)} left")


def _size(number: int) -> str:
    return f"{number / 2**20:.1f} MiB"
