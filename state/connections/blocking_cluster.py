from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

import redis as sync
from redis.exceptions import AskError, ConnectionError, MovedError, RedisError, TryAgainError

from .addresses import Address, Node, single_node
from .clients import BlockingClient
from .failures import passes, reason
from .pools import open_blocking_pool
from .slots import CIRCLE, REDIRECTIONS, SlotMap, slot_of


class BlockingCluster(BlockingClient):
    """`ClusterClient` for threads, with up to `connections` to each master; no pipelines."""

    def __init__(self, address: Address, *, connections: int, timeout: float, patience: float) -> None:
        self._bounds: dict[str, Any] = {"connections": connections, "timeout": timeout}
        super().__init__(open_blocking_pool(single_node(address, address.nodes[0]), **self._bounds), patience)
        self._address = address
        self._nodes: dict[Node, sync.Redis] = {}
        self._lock = Lock()
        self._map = SlotMap(address.nodes)

    def _node(self, node: Node) -> sync.Redis:
        with self._lock:
            if node not in self._nodes:
                pool = open_blocking_pool(single_node(self._address, node), **self._bounds)
                self._nodes[node] = sync.Redis(connection_pool=pool)
            return self._nodes[node]

    def _once(self, *args: Any, **options: Any) -> Any:
        self._learn()
        slot = slot_of(args)
        if slot is not None:
            return self._directed(self._map.owner(slot), args, options)
        replies = [self._directed(node, args, options) for node in self._map.masters()]
        return replies[0]

    def _directed(self, node: Node, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        for _ in range(REDIRECTIONS):
            try:
                return self._node(node).execute_command(*args, **options)
            except MovedError as error:
                node = self._map.moved(error, node)
            except AskError as error:
                with self._node((error.host or node[0], error.port)).pipeline(transaction=False) as pipe:
                    pipe.execute_command("ASKING")
                    pipe.execute_command(*args, **options)
                    return pipe.execute()[1]
        raise TryAgainError(CIRCLE)

    def _learn(self) -> None:
        failure: RedisError = ConnectionError("it names no node")
        for node in self._map.contacts() if self._map.stale else ():
            try:
                reply: Any = self._node(node).execute_command("CLUSTER", "SLOTS")
            except RedisError as error:
                if not passes(error):
                    raise
                failure = error
            else:
                self._map.learn(reply, node)
                return
        if self._map.stale:  # and no other thread learned it meanwhile
            raise ConnectionError(f"no node of the cluster answers: {reason(failure)}") from failure

    def scan_iter(
        self, match: Any = None, count: int | None = None, _type: str | None = None, **kwargs: Any
    ) -> Iterator[Any]:
        """The keys of every master."""
        self._map.stale = True
        self.execute_command("PING")
        for node in self._map.masters():
            yield from self._node(node).scan_iter(match, count, _type, **kwargs)

    def _recover(self, failure: Exception) -> None:
        self._map.stale = True

    def close(self) -> None:
        """Close every connection."""
        super().close()
        for node in self._nodes.values():
            node.close()
            node.connection_pool.disconnect()
