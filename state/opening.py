from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from ..config import Settings
from .connections import open_redis


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncGenerator[Redis]:
    """The server that `settings` name, else the embedded one. StateUnavailable, as for `open_redis`."""
    folders = settings.folders
    async with open_redis(settings.redis.url, data_dir=folders.state / "redis", runtime_dir=folders.runtime) as redis:
        yield redis
