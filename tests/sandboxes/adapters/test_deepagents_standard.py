"""LangChain's own tests of a sandbox, all of them: who uses our sandbox from deepagents finds what its docs promise.

They follow deepagents 0.6, so that is what they run with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from langchain_tests.integration_tests import SandboxIntegrationTests

from slipway.sandboxes import Limits, Sandbox, open_sandbox
from slipway.sandboxes.adapters.deepagents import DeepAgentsSandbox
from slipway.sandboxes.docker import Engine, connect, open_docker

# The fixtures of their own are such methods.
pytestmark = pytest.mark.filterwarnings("ignore:Class-scoped fixtures defined as instance methods")

LIMITS = Limits(memory_bytes=512 << 20, processes=64, output_bytes=1 << 20)


class TestBubblewrap(SandboxIntegrationTests):
    @pytest.fixture(scope="class")
    def sandbox(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeepAgentsSandbox]:
        cache = tmp_path_factory.mktemp("cache")
        with DeepAgentsSandbox(lambda: open_sandbox(cache_dir=cache, limits=LIMITS, tools=())) as backend:
            yield backend


class TestBubblewrapWorkspace(TestBubblewrap):
    """The same files in the workspace, where other operations do the work."""

    @property
    def sandbox_root_dir(self) -> str:
        return "/workspace/tests"


class TestDocker(SandboxIntegrationTests):
    @pytest.fixture(scope="class")
    def sandbox(self, docker_host: str) -> Iterator[DeepAgentsSandbox]:
        engines: list[Engine] = []

        async def opening() -> Sandbox:
            engines.append(await connect(docker_host))
            return await open_docker(engines[0], LIMITS)

        with DeepAgentsSandbox(opening) as backend:
            yield backend
        asyncio.run(engines[0].close())
