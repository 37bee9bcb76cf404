"""What a crash may leave is found by its label, and removed by its id: never by its age."""

from __future__ import annotations

import pytest

from slipway.sandboxes import Limits
from slipway.sandboxes.docker import Engine, listed, open_docker, remove

pytestmark = pytest.mark.usefixtures("tidy")


async def test_sandboxes_are_listed_with_their_run_and_removed_by_id(engine: Engine) -> None:
    first = await open_docker(engine, Limits(), labels={"slipway.run": "r-1"})
    second = await open_docker(engine, Limits())
    # Made and never started, as by a framework that was killed in between; and one that is none of ours.
    labels = {"slipway": "sandbox", "slipway.run": "r-2"}
    image = {"Image": "slipway-sandbox:bookworm", "Cmd": ["true"]}
    await engine.ask(engine.api.create_container_from_config, {**image, "Labels": labels})
    foreign = await engine.ask(engine.api.create_container_from_config, {**image, "Labels": {"slipway": "other"}})
    found = sorted(await listed(engine), key=lambda left: left.run, reverse=True)
    assert [(left.run, left.state) for left in found] == [("r-2", "created"), ("r-1", "running"), ("", "running")]
    assert all(0 <= left.age < 60 for left in found)
    for left in (found[0], found[0]):
        await remove(engine, left.id)
    assert {left.id for left in await listed(engine)} == {left.id for left in found[1:]}
    await first.close()
    await second.close()
    assert await listed(engine) == []
    await remove(engine, foreign["Id"])
