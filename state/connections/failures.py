"""What every exchange with Redis goes through: patience with a server that is away, and a name for each failure.

redis-py's own retries are switched off: they count attempts, nest, and know nothing of a server that is loading, of a
demoted master, or of a cluster that elects one. Here the time is what is bounded. A command whose answer was lost is
sent again, so every command and script of ours must bear being sent twice.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import NoReturn, TypeVar

from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthorizationError,
    ClusterDownError,
    ConnectionError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

from ..base import StateUnavailable

T = TypeVar("T")

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5
_PASSING = (ConnectionError, TimeoutError, ReadOnlyError, TryAgainError, AskError, ClusterDownError)
_LASTING = (AuthenticationError, AuthorizationError)
# As the server says it, as it comes out of a pipeline, of a transaction, and of a script.
_WRAPPED = r"""(?:^|caused error: \(?['"]?|because of: )"""
_NO_DISK = re.compile(_WRAPPED + "MISCONF ")
_NO_RIGHT = re.compile("The user executing the script can't (run|access) |ACL failure in script: ")
"""What Redis and Valkey say, without a code, where the command of a script is refused."""
_PASSING_CODE = re.compile(_WRAPPED + "(?:BUSY|NOREPLICAS|UNBLOCKED) ")


def passes(error: Exception) -> bool:
    """Whether the same command may well succeed a little later."""
    if locked_out(error):
        return False
    return isinstance(error, _PASSING) or (isinstance(error, ResponseError) and bool(_PASSING_CODE.search(str(error))))


def locked_out(error: BaseException | None) -> bool:
    """Whether `error` comes from a user or password that the server does not take; redis-py wraps that now and then."""
    while error is not None and not isinstance(error, _LASTING):
        error = error.__cause__
    return error is not None


def named(error: Exception) -> Exception:
    """StateUnavailable, with the next step, where `error` says that the server is not to be had; else `error`."""
    if isinstance(error, OutOfMemoryError):
        return StateUnavailable(f"Redis has no memory left: {error}; raise its maxmemory, then resume the run")
    if isinstance(error, NoPermissionError) or _NO_RIGHT.match(str(error)):
        return StateUnavailable(
            f"Redis refuses its user a right: {error}; grant it with ACL SETUSER, then resume the run"
        )
    if isinstance(error, ResponseError) and _NO_DISK.search(str(error)):
        return StateUnavailable(f"Redis cannot write to its disk: {error}; make room there, then resume the run")
    if passes(error) or locked_out(error):
        return StateUnavailable(f"Redis failed: {reason(error)}; when it is back, resume the run")
    return error


def reason(error: BaseException) -> str:
    """What `error` says, without what only a developer of redis-py can read."""
    if isinstance(error, AskError):
        return "its slot is being moved to another node"
    return str(error) or type(error).__name__


def pauses(patience: float) -> Iterator[float]:
    """Seconds to wait before each further attempt, growing and jittered, until `patience` seconds have passed."""
    until = time.monotonic() + patience
    for attempt in count():
        left = until - time.monotonic()
        if left <= 0:
            return
        # 2 ** attempt would outgrow a float in a long wait
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempt, 10))
        yield min(left, longest * random.uniform(0.5, 1.0))


async def patiently(
    attempt: Callable[[], Awaitable[T]], *, patience: float, recover: Callable[[Exception], Awaitable[None]]
) -> T:
    """What `attempt` returns, made again for about `patience` seconds while its failures may pass.

    `recover` is called before each repeat. StateUnavailable: the time is over, or waiting would not help. No
    cancellation is lost: redis-py sends with `asyncio.wait_for`, which before Python 3.12 swallows one that comes when
    the sending is just done (bpo-37658), so that Ctrl-C and time-outs would now and then do nothing.
    """
    before = _cancellations()
    waits = pauses(patience)
    while True:
        failure: Exception
        try:
            result = await attempt()
        except RedisError as error:
            failure = error
        else:
            _heed(before)
            return result
        _heed(before)
        wait = next(waits, None) if passes(failure) else None
        if wait is None:
            give_up(failure)
        await asyncio.sleep(wait)
        await recover(failure)


def patiently_blocking(attempt: Callable[[], T], *, patience: float, recover: Callable[[Exception], None]) -> T:
    """`patiently` for threads."""
    waits = pauses(patience)
    while True:
        try:
            return attempt()
        except RedisError as error:
            wait = next(waits, None) if passes(error) else None
            if wait is None:
                give_up(error)
            time.sleep(wait)
            recover(error)


def give_up(error: Exception) -> NoReturn:
    """Raise `error` by its name."""
    better = named(error)
    if better is error:
        raise error
    raise better from error


def _heed(before: int) -> None:
    if _cancellations() > before:
        raise asyncio.CancelledError


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0
