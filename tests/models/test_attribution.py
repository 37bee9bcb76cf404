"""Whether a failed call may have been answered, and when to ask again, is read off the error of the client.

What it says, and of which kind it is, the tests of the boundary itself show (`test_chat.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import openai
import pytest

from slipway.config import RoleConfig
from slipway.models import ModelBusy, ModelError, ModelRefused, ModelUnreachable
from slipway.models.attribution import attribute

REQUEST = httpx.Request("POST", "http://127.0.0.1/v1")


def of(error: Exception) -> ModelError:
    return attribute(error, "coder", RoleConfig(model="openai:m"), "", None)


def status(code: int, **headers: str) -> openai.APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(code, headers=named, request=REQUEST)
    return openai.APIStatusError("told", response=response, body=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "7", "retry_after_ms": "250"}, 0.25),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
    ],
)
def test_when_to_ask_again(headers: dict[str, str], seconds: float | None) -> None:
    found = of(status(429, **headers))
    assert (type(found), getattr(found, "retry_after", None)) == (ModelBusy, seconds)


def test_a_date_is_a_time_from_now() -> None:
    found = of(status(503, retry_after=format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)))
    assert isinstance(found, ModelUnreachable) and 500 < (found.retry_after or 0) <= 600
    assert "; wait 5" in str(found) or "; wait 600 s, as it asks" in str(found)


@pytest.mark.parametrize(
    ("code", "unanswered"),
    [(408, False), (409, False), (429, True), (500, False), (502, False), (503, True), (529, True)],
)
def test_which_status_surely_means_that_nothing_was_answered(code: int, unanswered: bool) -> None:
    found = of(status(code))
    assert isinstance(found, ModelUnreachable) and found.unanswered is unanswered


def test_what_was_never_sent_was_never_answered() -> None:
    def raised(cause: Exception) -> ModelUnreachable:
        error = openai.APIConnectionError(request=REQUEST)  # type: ignore[arg-type]
        error.__cause__ = cause
        found = of(error)
        assert isinstance(found, ModelUnreachable)
        return found

    assert raised(httpx.ConnectError("refused")).unanswered
    assert not raised(httpx.ReadError("reset")).unanswered


def test_an_error_that_the_framework_wrapped_is_still_its_status() -> None:
    """Google's client names it `code`, and LangChain raises another error from it."""

    class Wrapped(Exception):
        pass

    class Told(Exception):
        code = 429

    error = Wrapped("Error calling model")
    error.__cause__ = Told()
    assert type(of(error)) is ModelBusy
    error.__cause__ = status(400)
    assert type(of(error)) is ModelRefused
