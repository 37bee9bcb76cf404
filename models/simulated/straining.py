from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...config import ConfigurationError
from ..endpoints import Asked, Fault, Player, RequestError, Said, completion_tokens
from .chance import draw
from .options import Options, read_options


class Strained:
    """A player with the latency and the faults of a model far away, as its request's model name says.

    What the name leaves open is taken from `defaults`; the player inside is asked under the name that says all.
    """

    def __init__(self, inner: Player, defaults: Options) -> None:
        self._inner = inner
        self._defaults = defaults

    def reply(self, asked: Asked) -> Said:
        """What the player inside says, with `simulated_seconds` among its notes.

        RequestError for a model name that is wrong, or whose suite cannot be had.
        """
        try:
            options = read_options(asked.model, self._defaults)
            said = self._inner.reply(replace(asked, model=str(options)))
        except ConfigurationError as error:
            raise RequestError("unknown_model", str(error)) from error
        seconds = round(_seconds(options, asked, said), 6)
        return replace(
            said,
            notes={**said.notes, "simulated_seconds": seconds},
            wait=said.wait + seconds * options.pace,
            fault=_faults(options, asked.digest, len(said.content)),
        )


def _seconds(options: Options, asked: Asked, said: Said) -> float:
    call, read, written = options.latency
    typical = call + read * asked.prompt_tokens + written * completion_tokens(said)
    return typical * (1 + options.jitter * (2 * draw(options.seed, "latency", asked.digest) - 1))


def _faults(options: Options, digest: str, length: int) -> Callable[[int], Fault | None]:
    """What goes wrong with each attempt: drawn anew for every one of them, so that a later one may succeed."""

    def at(attempt: int) -> Fault | None:
        drawn = draw(options.seed, "fault", digest, attempt)
        for kind, rate in options.faults:
            if drawn < rate:
                return _fault(kind, after=int(length * drawn / rate))
            drawn -= rate
        return None

    return at


def _fault(kind: str, after: int) -> Fault:
    match kind:
        case "timeout":
            return Fault(kind="silence")
        case "cut":
            return Fault(kind="cut", after=after)
        case "malformed":
            return Fault(kind="malformed")
        case _:
            return Fault(kind="status", status=int(kind))
