"""What generated code prints is shown to people and models: it must not steer a terminal or hide text."""

from __future__ import annotations

import pytest

from slipway.sandboxes import Output


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain\n\ttext", "plain\n\ttext"),
        (b"line\r\nline\rover", "line\nlineover"),
        (b"\x1b[31mred\x1b]0;title\x07\x1b]52;c;cm0=\x07", "[31mred]0;title]52;c;cm0="),
        (b"\x9b31m\xc2\x9b31m", "\ufffd31m31m"),
        ("user\u202etxt.exe \u2066x\u2069 a\u200bb\ufeff".encode(), "usertxt.exe x ab"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("h\u00e4 \U0001f680".encode(), "h\u00e4 \U0001f680"),
        (b"\x00\x08\x7f", ""),
    ],
)
def test_text_has_no_character_that_acts(data: bytes, text: str) -> None:
    assert Output(data, len(data)).text == text


def test_text_says_what_was_dropped() -> None:
    assert Output(b"headtail", 100).text == "headtail\n[92 bytes in the middle were dropped]"
