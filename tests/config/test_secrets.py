"""A key that leaks once is a key that must be changed: known secrets show nowhere, in no form in which they travel."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.config import Secrets, known_secrets, load_settings
from slipway.config.secrets import MASK
from slipway.state import RunStarted

KEY = "sk-live/Zq8+x=7y_T2"


@pytest.mark.parametrize(
    "form",
    [
        KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY), repr(KEY), f"Bearer {KEY}",
        f"https://user:{quote(KEY, safe='')}@host/", KEY * 2,
    ],
)  # fmt: skip
def test_it_is_masked_in_every_form(form: str) -> None:
    shown = Secrets([KEY]).masked(f"a {form} b")
    assert MASK in shown and "Zq8" not in shown and shown.startswith("a ") and shown.endswith(" b")


@given(st.binary(max_size=9), st.binary(max_size=9), st.booleans())
def test_base64_of_whatever_holds_it_is_masked(before: bytes, after: bytes, urls: bool) -> None:
    """An Authorization header is base64 of `user:password`: the secret begins at any of three places in it."""
    encode = base64.urlsafe_b64encode if urls else base64.b64encode
    shown = Secrets([KEY]).masked(encode(before + KEY.encode() + after).decode())
    assert MASK in shown
    left, right = shown.split(MASK)
    assert len(left) <= -(-len(before) * 4 // 3) + 1 and len(right) <= -(-len(after) * 4 // 3) + 4


@given(st.text(max_size=40), st.text(min_size=8, max_size=20))
def test_what_is_masked_stays_masked_and_nothing_else_is(text: str, value: str) -> None:
    known = Secrets([value])
    shown = known.masked(text)
    assert known.masked(shown) == shown
    assert shown == text or value.strip() not in shown
    assert Secrets().masked(text) == text


@pytest.mark.parametrize("value", ["", "short", "none", "password", "changeme", "12345678", None])
def test_what_stands_in_ordinary_text_is_left_alone(value: str | None) -> None:
    """Masked, a password of `password` would spoil every program that has one."""
    known = Secrets()
    known.add(value)
    assert known.masked(f"def f({value}): pass") == f"def f({value}): pass"


def test_records_and_data_are_masked_to_their_depth() -> None:
    known = Secrets([KEY])
    assert known.masked_value({KEY: [KEY, (1, f"x{KEY}", None)]}) == {MASK: [MASK, (1, f"x{MASK}", None)]}
    told = RunStarted(run="r", project="p", request=f'say "{KEY}"', lineup="l")
    assert known.masked_record(told) == told.model_copy(update={"request": f'say "{MASK}"'})
    assert known.masked_record(clean := told.model_copy(update={"request": "x"})) is clean
    assert known.masked_bytes(b"\xff" + KEY.encode()) == b"\xff***"


def test_what_a_reader_gives_is_known_from_then_on() -> None:
    known = Secrets()
    read = known.noting({"A": KEY}.get)
    assert known.masked(KEY) == KEY
    assert (read("B"), read("A"), known.masked(KEY)) == (None, KEY, MASK)


def test_the_process_knows_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1-from-the-environment")
    monkeypatch.setenv("DEPLOY_TOKEN", "token-2-that-is-named")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a=b,authorization=Bearer%203-of-telemetry")
    known = known_secrets(
        load_settings([
            "secrets=[DEPLOY_TOKEN, NOT_SET]",
            "redis.url=redis://:4-of-redis@localhost:6379",
            "sandbox.install.python_index=https://me:5%2Dof-the-index@files.corp/simple",
        ])
    )  # fmt: skip
    for value in (
        "sk-1-from-the-environment", "token-2-that-is-named", "3-of-telemetry", "4-of-redis", "5-of-the-index",
    ):  # fmt: skip
        assert known.masked(f"<{value}>") == f"<{MASK}>"
