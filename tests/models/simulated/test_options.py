"""A model's name says all of a simulated developer; a slip in it would be an experiment with another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.config import ConfigurationError
from slipway.models.simulated import TIERS, Options, read_options

shares = st.floats(0, 1)
seconds = st.floats(0, 1e20)
kinds = st.sampled_from(["429", "500", "timeout", "cut", "malformed"])
options = st.builds(
    Options,
    tier=st.sampled_from(TIERS),
    seed=st.integers(0, 2**63),
    suite=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    acts=st.integers(1, 9),
    bugs=st.integers(0, 9),
    repair_wrong=st.none() | shares,
    repair_crash=st.none() | shares,
    blind=shares,
    bias=shares,
    distraction=st.integers(0, 10**6),
    latency=st.tuples(seconds, seconds, seconds),
    jitter=shares,
    pace=seconds,
    faults=st.lists(st.tuples(kinds, st.floats(0, 0.2)), max_size=5).map(tuple),
)


@given(options)
def test_the_name_of_options_says_all_of_them(made: Options) -> None:
    assert read_options(str(made)) == made


@pytest.mark.parametrize("before", ["", "simulated:", "openai/", "simulated:a/b/"])
def test_what_clients_put_before_the_tier_is_no_part_of_it(before: str) -> None:
    read = read_options(f"{before}tier-b?seed=3&suite=./my/suite&faults=429:0.1,timeout:0.02&latency=1,2,3")
    assert read == Options(
        tier="tier-b", seed=3, suite="./my/suite", faults=(("429", 0.1), ("timeout", 0.02)), latency=(1, 2, 3)
    )


def test_what_is_not_said_is_taken_from_the_defaults() -> None:
    defaults = Options(tier="tier-c", seed=7, acts=3)
    assert read_options("tier-b?acts=2", defaults) == Options(tier="tier-b", seed=7, acts=2)


def test_a_tier_can_be_overridden() -> None:
    plain, other = read_options("tier-c"), read_options("tier-c?repair_wrong=0.1&repair_crash=0")
    assert (plain.wrong, plain.crash, other.wrong, other.crash) == (0.45, 0.77, 0.1, 0.0)


FAULTS = (
    "faults: it should be KIND:P,..., each KIND an HTTP status from 400, timeout, cut or malformed, "
    "and all P at most 1 together"
)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("speed=1", "unknown option speed; the options are seed, suite, acts, bugs, repair_wrong, repair_crash, blind, "
         "bias, distraction, latency, jitter, pace, faults, each once"),
        ("seed=1&seed=2", "an option is given twice; the options are seed, "),
        ("seed=x", "seed: Input should be a valid integer, "),
        ("seed=", "seed: Input should be a valid integer, "),
        ("acts=0", "acts: Input should be greater than or equal to 1, not '0'"),
        ("bias=nan", "bias: Input should be "),
        ("latency=1,2", "latency: it should be three numbers of seconds, as in 0.5,0.0001,0.015, not '1,2'"),
        ("latency=1,2,inf", "latency: it should be three numbers of seconds"),
        ("faults=boom:1", f"{FAULTS}, not 'boom:1'"),
        ("faults=200:1", FAULTS),
        ("faults=429", FAULTS),
        ("faults=429:0.6,500:0.5", f"{FAULTS}, not '429:0.6,500:0.5'"),
    ],
)  # fmt: skip
def test_a_slip_is_one_error_that_says_what_there_is(query: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_options(f"tier-a?{query}")
    assert str(caught.value).startswith(f"'tier-a?{query}': {said}")


def test_a_tier_that_is_not_there_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_options("simulated:tier-z?seed=1")
    assert str(caught.value) == (
        "'simulated:tier-z?seed=1': there is no tier 'tier-z'; the tiers are tier-a, tier-b, tier-c"
    )
