from __future__ import annotations

import asyncio
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import MovedError, RedisError

from .addresses import Node
from .clients import Client, ClientPipeline
from .failures import passes
from .slots import SlotMap, slot_of


class Nodes(Protocol):
    """The nodes of a cluster."""

    map: SlotMap

    def node(self, node: Node) -> Redis:
        """A client of one of them."""
        ...

    async def learn(self) -> None:
        """Bring the map up to date where it is stale."""
        ...


class ClusterPipeline(ClientPipeline):
    """A transaction goes to the master of its first key, which must serve the others too; other commands to any."""

    def __init__(self, client: Client, nodes: Nodes, transaction: bool) -> None:
        super().__init__(client, transaction)
        self._nodes = nodes
        self._node: Node | None = None

    async def _settle(self, args: tuple[Any, ...]) -> Node:
        if self._node is None or self.connection is None:
            await self._nodes.learn()
            self._node = self._owner(args)
            self.connection_pool = self._nodes.node(self._node).connection_pool
        return self._node

    def _owner(self, args: tuple[Any, ...]) -> Node:
        slot = slot_of(args)
        if slot is None:
            raise ValueError(f"{args[0]} has no key; in a pipeline on a cluster each command needs one")
        return self._nodes.map.owner(slot)

    async def _once(self, *args: Any, **options: Any) -> Any:
        node = await self._settle(args)
        try:
            return await super()._once(*args, **options)
        except RedisError as error:
            if not self.watching:
                await self.reset()  # the next attempt may go to another node
            if isinstance(error, MovedError):
                self._nodes.map.moved(error, node)
            raise

    async def _send(self, raise_on_error: bool) -> list[Any]:
        if not self.command_stack:
            return []
        if not (self.is_transaction or self.explicit_transaction):
            return await self._spread(raise_on_error)
        node = await self._settle(self.command_stack[0][0])
        try:
            return await super()._send(raise_on_error)
        except MovedError as error:
            self._nodes.map.moved(error, node)
            raise

    async def _spread(self, raise_on_error: bool) -> list[Any]:
        stack = list(self.command_stack)
        await self.reset()
        await self._nodes.learn()
        parts: dict[Node, list[int]] = {}
        for place, (args, _) in enumerate(stack):
            parts.setdefault(self._owner(args), []).append(place)
        sent = [self._part(node, [stack[place] for place in places]) for node, places in parts.items()]
        replies: list[Any] = [None] * len(stack)
        for places, part in zip(parts.values(), await asyncio.gather(*sent, return_exceptions=True), strict=True):
            if isinstance(part, BaseException):
                raise part
            for place, reply in zip(places, part, strict=True):
                replies[place] = await self._followed(stack[place], reply)
        if raise_on_error:
            self.raise_first_error(stack, replies)
        return replies

    async def _part(self, node: Node, commands: list[Any]) -> list[Any]:
        async with self._nodes.node(node).pipeline(transaction=False) as pipe:
            for args, options in commands:
                pipe.execute_command(*args, **options)
            return await pipe.execute(raise_on_error=False)

    async def _followed(self, command: Any, reply: Any) -> Any:
        """`reply`, or, where it says to ask elsewhere or later, what that gives."""
        if not (isinstance(reply, Exception) and passes(reply)):
            return reply
        args, options = command
        return await self._client.execute_command(*args, **options)
