"""`slipway simulate` is for other frameworks: one process plays all tiers and seeds for whoever speaks the protocol."""

from __future__ import annotations

from pathlib import Path

import openai
import pytest

from slipway.models.simulated import calls_of

from ..commands import Started
from .conftest import Slipway


def test_it_plays_every_tier_with_its_own_defaults(
    environment: dict[str, str], small_suite: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    words = ["simulate", "--port", "0", "--suite", str(small_suite), "--latency", "3,0,0", "--jitter", "0"]
    server = Started((*words, "--log", str(log)), environment)
    try:
        line = server.line()
        assert line.startswith(
            "simulated model endpoint (tiers tier-a, tier-b, tier-c, no real model): http://127.0.0.1:"
        )
        with openai.OpenAI(base_url=line.split()[-1], api_key="none", max_retries=0) as client:
            for model in ("tier-a?seed=3", "openai/tier-c?latency=5,0,0"):
                client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello"}])
        server.terminate()
        assert (server.communicate(60)[1], server.returncode) == ("", 0)
    finally:
        server.close()
    assert [(call.model, call.simulated_seconds) for call in calls_of(log)] == [
        ("tier-a?seed=3", 3.0), ("openai/tier-c?latency=5,0,0", 5.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--suite", "elsewhere"], "unknown suite 'elsewhere'"),
        (["--faults", "boom:1"], "faults: it should be KIND:P,..., each KIND an HTTP status from 400, timeout, cut or"),
    ],
)
def test_what_it_cannot_play_is_said_at_its_start(slipway: Slipway, words: list[str], said: str) -> None:
    done = slipway("simulate", "--port", "0", *words)
    assert (done.returncode, said in done.stderr) == (78, True)
