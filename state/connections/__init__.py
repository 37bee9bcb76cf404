"""How a process comes to its Redis: addresses, clients with patience, the embedded server."""

from .connection import blocking_twin, open_redis, own_connection

__all__ = ["blocking_twin", "open_redis", "own_connection"]
