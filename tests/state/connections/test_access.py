"""A shared server gives its users few rights: those that are needed must be known, and a missing one named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from slipway.state import StateUnavailable, hold, open_redis
from slipway.state.connections import blocking_twin, connection

StartServer = Callable[..., Any]
Exercise = Callable[[Redis], Awaitable[None]]

RIGHTS = "~slipway:* +@read +@write +@transaction +@connection -@dangerous +eval +evalsha +info +time +cluster|slots"


def test_the_rights_are_those_that_are_written_down() -> None:
    assert connection.__doc__ and RIGHTS in " ".join(connection.__doc__.split())


async def test_these_rights_suffice(
    program: Path, start_server: StartServer, tmp_path: Path, exercise: Exercise
) -> None:
    server = start_server(program, user=f"ann on >s3cret {RIGHTS}")
    url = f"unix://ann:s3cret@{server.socket}"
    async with open_redis(url, data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        await exercise(redis)
        with pytest.raises(
            StateUnavailable, match=r"^Redis refuses its user a right: .*; grant it with ACL SETUSER, then"
        ):
            await redis.set("another", 1)
        with blocking_twin(redis, timeout=30.0) as twin, pytest.raises(StateUnavailable, match="refuses its user"):
            await asyncio.to_thread(twin.flushall)


async def test_without_the_right_to_look_at_the_server_nothing_starts(
    program: Path, start_server: StartServer, tmp_path: Path
) -> None:
    """Else the eviction policy would be unknown."""
    server = start_server(program, user="ann on >s3cret ~slipway:* +@all -info")
    with pytest.raises(StateUnavailable) as raised:
        async with open_redis(f"unix://ann:s3cret@{server.socket}", data_dir=tmp_path, runtime_dir=tmp_path):
            pass
    said = str(raised.value)
    assert said.startswith(f"unix://ann@{server.socket} refuses its user a right: ") and "'info'" in said
    assert said.endswith("; grant it with ACL SETUSER, and see the documentation for the whole list")


async def test_a_right_that_is_missing_in_a_script_is_named(
    program: Path, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(program, user=f"ann on >s3cret {RIGHTS} -incr")
    async with open_redis(f"unix://ann:s3cret@{server.socket}", data_dir=tmp_path, runtime_dir=tmp_path) as redis:
        with pytest.raises(StateUnavailable, match=r"^Redis refuses its user a right: .*; grant it"):
            async with hold(redis, run="r", project="p"):
                pass


async def test_a_wrong_password_or_user_is_refused_and_not_shown(
    program: Path, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(program, user=f"ann on >s3cret {RIGHTS}")
    for login, shown in (("ann:wr0ng", "ann@"), ("bob:s3cret", "bob@"), (":wr0ng", "")):
        with pytest.raises(StateUnavailable) as raised:
            begun = time.monotonic()
            async with open_redis(f"unix://{login}@{server.socket}", data_dir=tmp_path, runtime_dir=tmp_path):
                pass
        said = str(raised.value)
        assert said.startswith(f"unix://{shown}{server.socket} does not answer: ")
        assert said.endswith("; correct the user and the password in the configured URL")
        assert time.monotonic() - begun < 7  # it is not patient
        assert "s3cret" not in said and "wr0ng" not in said
