"""A Redis Cluster behind the interface of one server.

A command goes to the master of its key's slot; one without a key goes to every master, and the first reply counts.
Written for the commands of the state layer, whose scripts keep to one slot:
redis-py's own asynchronous cluster client fails instead of waiting when its connections are used up, retries without a
pause, and runs transactions in threads that the event loop waits for. The protocol is that of the Redis Cluster
specification (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import AskError, ConnectionError, MovedError, RedisError, TryAgainError

from .addresses import Address, Node, single_node
from .clients import Client
from .cluster_pipeline import ClusterPipeline
from .failures import passes, patiently, reason
from .pools import open_pool
from .slots import CIRCLE, REDIRECTIONS, SlotMap, slot_of


class ClusterClient(Client):
    """A `Client` of all masters of a cluster, with up to `connections` to each."""

    def __init__(self, address: Address, *, connections: int, answer_seconds: float, patience: float) -> None:
        self._bounds: dict[str, Any] = {"connections": connections, "answer_seconds": answer_seconds}
        super().__init__(address, open_pool(single_node(address, address.nodes[0]), **self._bounds), patience)
        self._nodes: dict[Node, Redis] = {}
        self._learning = asyncio.Lock()
        self.map = SlotMap(address.nodes)

    def node(self, node: Node) -> Redis:
        """A client of one node, without patience."""
        if node not in self._nodes:
            self._nodes[node] = Redis(connection_pool=open_pool(single_node(self.address, node), **self._bounds))
        return self._nodes[node]

    async def _once(self, *args: Any, **options: Any) -> Any:
        await self.learn()
        slot = slot_of(args)
        if slot is not None:
            return await self._directed(self.map.owner(slot), args, options)
        replies = [await self._directed(node, args, options) for node in self.map.masters()]
        return replies[0]

    async def _directed(self, node: Node, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        for _ in range(REDIRECTIONS):
            try:
                return await self.node(node).execute_command(*args, **options)
            except MovedError as error:
                node = self.map.moved(error, node)
            except AskError as error:
                return await self._asking((error.host or node[0], error.port), args, options)
        raise TryAgainError(CIRCLE)

    async def _asking(self, node: Node, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """One command at a node that is only just taking the slot over."""
        async with self.node(node).pipeline(transaction=False) as pipe:
            pipe.execute_command("ASKING")
            pipe.execute_command(*args, **options)
            return (await pipe.execute())[1]

    async def learn(self) -> None:
        """Ask for the map where it is stale. ConnectionError: no node answers."""
        if not self.map.stale:
            return
        async with self._learning:
            failure: RedisError = ConnectionError("it names no node")
            for node in self.map.contacts() if self.map.stale else ():
                try:
                    reply: Any = await self.node(node).execute_command("CLUSTER", "SLOTS")
                except RedisError as error:
                    if not passes(error):
                        raise
                    failure = error
                else:
                    self.map.learn(reply, node)
                    return
            if self.map.stale:
                raise ConnectionError(f"no node of the cluster answers: {reason(failure)}") from failure

    async def recover(self, failure: Exception) -> None:
        """Look at the map again before a command is sent again."""
        self.map.stale = True

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands that are sent together: a transaction to one slot, others to any."""
        return ClusterPipeline(self, self, transaction)

    async def scan_iter(
        self, match: Any = None, count: int | None = None, _type: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Any]:
        """The keys of every master."""
        self.map.stale = True
        await patiently(self.learn, patience=self.patience, recover=self.recover)
        for node in self.map.masters():
            cursor: int | None = None
            while cursor != 0:
                cursor, keys = await self._scanned(node, cursor or 0, match, count, _type)
                for key in keys:
                    yield key

    async def _scanned(self, node: Node, cursor: int, *how: Any) -> Any:
        return await patiently(lambda: self.node(node).scan(cursor, *how), patience=self.patience, recover=self.recover)

    async def masters(self) -> Mapping[str, Redis]:
        """The masters, by name. ConnectionError, ClusterDownError: they cannot be told."""
        await self.learn()
        nodes = self.map.masters()
        return {f"node {host}:{port} of {self.address.name}": self.node((host, port)) for host, port in nodes}

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close every connection."""
        await super().aclose()
        for node in self._nodes.values():
            await node.aclose()
            await node.connection_pool.disconnect()
