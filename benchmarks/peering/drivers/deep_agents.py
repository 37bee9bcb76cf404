"""deepagents as its users run it: `create_deep_agent` with nothing of its own changed, on a folder, with a shell."""

from __future__ import annotations

import itertools
from typing import Any

from deepagents import create_deep_agent
from deepagents.backends import LocalShellBackend
from jobs import Ended, Job, serve
from langchain_core.callbacks import BaseCallbackHandler
from langchain_openai import ChatOpenAI


class _Bound(Exception):
    """All the calls that it may make were made."""


class _Counting(BaseCallbackHandler):
    """Counts the model calls of an agent and its sub-agents, and lets no more than `most` be made."""

    raise_error = True

    def __init__(self, most: int) -> None:
        self._most = most
        self._made = itertools.count(1)

    def on_chat_model_start(self, *_: Any, **__: Any) -> None:
        """A call is about to be made."""
        if next(self._made) > self._most:
            raise _Bound


def work(job: Job) -> Ended:
    """Its own loop, to its end."""
    # What is the default of newer versions alone: `/a.py` is a file of the project.
    backend = LocalShellBackend(root_dir=job.folder, virtual_mode=True, inherit_env=True)
    model = ChatOpenAI(model=job.model, base_url=job.base_url, api_key="none")
    agent = create_deep_agent(model=model, backend=backend)
    asked = {"messages": [{"role": "user", "content": job.request}]}
    try:
        ended = agent.invoke(asked, {"callbacks": [_Counting(job.calls)]})
    except _Bound:
        return Ended("bound")
    return Ended("done", str(ended["messages"][-1].content)[:2000])


serve(work)
