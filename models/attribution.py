"""Whose fault it was that a provider's client raised an error, and what to do: said once, at this boundary."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ..config import Role, RoleConfig
from ..state.text import visible
from .base import ModelBusy, ModelError, ModelRefused, ModelUnreachable
from .streaming import BrokenOff, Stream

_HINTS = {401: "check its key", 403: "check its key", 404: "check the model's name and its base_url"}
_CONNECTION = {"APIConnectionError", "ConnectionError", "OSError", "TransportError", "TimeoutError"}
"""Names of the errors that providers' clients raise where there was no answer; they share no class."""
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror"}
_OVERLOADED = (503, 529)


def attribute(error: Exception, role: Role, config: RoleConfig, key: str, stream: Stream | None) -> ModelError:
    """What `error`, raised while `role` asked its model, means for who asked; `key` is kept out of it."""
    where = f"the {role}'s model {config.model!r}" + (f" at {config.base_url}" if config.base_url else "")
    said = visible(" ".join(str(error).split())) or type(error).__name__
    said = (said.replace(key, "***") if key else said)[:300]  # some providers quote the key that they refuse
    if stream is not None and stream.begun:
        return BrokenOff(f"{where} broke its answer off: {said}; check the network")
    status = _status(error)
    if status is not None:
        return _of_status(status, f"(HTTP {status}): {said}", where, _retry_after(error))
    kinds = {kind.__name__ for each in _chain(error) for kind in type(each).__mro__}
    if _CONNECTION & {kind.__name__ for kind in type(error).__mro__}:
        return ModelUnreachable(
            f"{where} cannot be reached: {said}; check the address and the network",
            unanswered=bool(_NEVER_SENT & kinds),
        )
    if stream is not None:
        return ModelUnreachable(f"{where} began no answer: {said}; does its endpoint stream in this protocol?")
    return ModelUnreachable(f"{where} sent something that is not a reply: {said}; is it an endpoint of this protocol?")


def _of_status(status: int, said: str, where: str, retry_after: float | None) -> ModelError:
    if status in (408, 409, 429) or status >= 500:
        kind = ModelBusy if status == 429 else ModelUnreachable
        unanswered = status == 429 or status in _OVERLOADED
        until = f"{retry_after:.0f} s, as it asks" if (retry_after or 0) >= 1 else "until it does"
        message = f"{where} is not answering now {said}; wait {until}"
        return kind(message, unanswered=unanswered, retry_after=retry_after)
    hint = _HINTS.get(status, "see the reason")
    return ModelRefused(f"{where} refused the request {said}; {hint}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what it was raised from: LangChain wraps the errors of some providers."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status(error: Exception) -> int | None:
    for each in _chain(error):
        for name in ("status_code", "code"):
            status = getattr(each, name, None)
            if isinstance(status, int) and 400 <= status < 600:
                return status
    return None


def _retry_after(error: Exception) -> float | None:
    """The seconds that the answer asks for, in either form of RFC 9110, 10.2.3, or in milliseconds as OpenAI does."""
    for each in _chain(error):
        headers: Mapping[str, str] | Any = getattr(getattr(each, "response", None), "headers", None)
        if isinstance(headers, Mapping):
            return _seconds(headers.get("retry-after-ms"), 0.001) or _seconds(headers.get("retry-after"), 1.0)
    return None


def _seconds(text: str | None, unit: float) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text) * unit
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return None
    return seconds if 0 <= seconds < float("inf") else None
