"""What both drivers share: a JSON job a line comes in, a JSON outcome a line goes out. Knows nothing of Slipway."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """One request to be worked on."""

    folder: str
    """The project: what is done is done there."""
    request: str
    base_url: str
    model: str
    calls: int
    """Model calls that it may take, at most."""
    path: str
    """Where commands are looked for: the `PATH` of whatever the agent runs."""


@dataclass(frozen=True)
class Ended:
    """How an agent's loop ended."""

    stopped: str
    """`done`: it said so; `bound`: it had made all the calls it may; `error`, or a reason in the agent's own words."""
    said: str = ""


def serve(work: Callable[[Job], Ended]) -> None:
    """Do jobs until there are no more."""
    outcomes = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the libraries print is no outcome
    for line in sys.stdin:
        job = Job(**json.loads(line))
        os.environ["PATH"] = job.path
        os.chdir(job.folder)
        try:
            ended = work(job)
        except Exception as error:  # noqa: BLE001 - how a job ended is an outcome, whatever it was
            ended = Ended("error", f"{type(error).__name__}: {error}"[:2000])
        outcomes.write(json.dumps({"stopped": ended.stopped, "said": ended.said}) + "\n")
        outcomes.flush()
