"""`slipway simulate` is for other frameworks: one process plays all tiers and seeds for whoever speaks the protocol."""

from __future__ import annotations

import shutil
from pathlib import Path

import openai
import pytest

from slipway.config.tasking import suite_names
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


def test_a_request_names_no_folder_of_the_host(environment: dict[str, str], small_suite: Path, tmp_path: Path) -> None:
    """Whoever can reach the server could have it read what it likes, and hear of what there is."""
    other = shutil.copytree(small_suite, tmp_path / "other")
    server = Started(("simulate", "--port", "0", "--suite", str(small_suite)), environment)
    try:
        with openai.OpenAI(base_url=server.line().split()[-1], api_key="none", max_retries=0) as client:

            def asked(suite: str) -> None:
                client.chat.completions.create(
                    model=f"tier-b?suite={suite}", messages=[{"role": "user", "content": "x"}]
                )

            for known in ("core", str(small_suite)):
                asked(known)
            said = set[str]()
            for unknown in (str(other), "/etc", "/no/such/folder", f"{small_suite}/../{small_suite.name}"):
                with pytest.raises(openai.BadRequestError) as error:
                    asked(unknown)
                said.add(error.value.body["message"].replace(unknown, "X"))  # type: ignore[index]
            assert said == {
                f"unknown suite 'X': it is neither one of {', '.join(suite_names())} nor what this server was started "
                "with, which is meant where a model names none; name one of these"
            }
    finally:
        server.close()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--suite", "elsewhere"], 2, "unknown suite 'elsewhere'"),
        (
            ["--faults", "boom:1"],
            78,
            "faults: it should be KIND:P,..., each KIND an HTTP status from 400, timeout, cut or",
        ),
    ],
)
def test_what_it_cannot_play_is_said_at_its_start(slipway: Slipway, words: list[str], code: int, said: str) -> None:
    done = slipway("simulate", "--port", "0", *words)
    assert (done.returncode, said in done.stderr) == (code, True)
