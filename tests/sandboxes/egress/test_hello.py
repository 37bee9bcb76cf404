"""The name in a TLS greeting decides what a tunnel may reach: one that is hidden, or read wrongly, is a way out."""

from __future__ import annotations

import ssl
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.sandboxes.egress import Refused
from slipway.sandboxes.egress.hello import ClientHello, check_hello, read_hello, record_length


def openssl_hello(name: str | None) -> bytes:
    """The handshake message that a real client sends first."""
    out = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()[5:]


def made(*extensions: tuple[int, bytes], behind: bytes = b"") -> bytes:
    listed = b"".join(struct.pack(">HH", kind, len(data)) + data for kind, data in extensions)
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x13\1" + b"\1\0" + struct.pack(">H", len(listed)) + listed + behind
    return b"\1" + len(body).to_bytes(3) + body


def name_extension(*names: bytes, kind: int = 0) -> tuple[int, bytes]:
    entries = b"".join(bytes([kind]) + struct.pack(">H", len(name)) + name for name in names)
    return 0, struct.pack(">H", len(entries)) + entries


def refusal(message: bytes, host: str = "good.example") -> str:
    with pytest.raises(Refused) as caught:
        check_hello(read_hello(message), host)
    return str(caught.value)


def test_greetings_of_a_real_client() -> None:
    named, nameless = openssl_hello("Good.Example"), openssl_hello(None)
    assert read_hello(named) == ClientHello("Good.Example", encrypted=False, early=False)
    assert read_hello(nameless) == ClientHello(None, encrypted=False, early=False)
    check_hello(read_hello(named), "good.example")
    check_hello(read_hello(nameless), "127.0.0.1")
    check_hello(read_hello(nameless), "::1")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (made(name_extension(b"evil.example")), "the TLS greeting names another server than the request (SNI)"),
        (made(name_extension(b"good.example.")), "the TLS greeting names another server than the request (SNI)"),
        (made(name_extension(b"good.example\0.evil")), "the TLS greeting names another server than the request (SNI)"),
        (made(), "the TLS greeting names no server (no SNI)"),
        (made(name_extension(b"")), "the TLS greeting names another server than the request (SNI)"),
        (made(name_extension(b"good.example", b"evil.example")), "the TLS greeting is malformed"),
        (
            made(name_extension("g\u043eod.example".encode())),
            "the TLS greeting names a server in a way that cannot be read",
        ),
        (
            made(name_extension(b"good.example", kind=1)),
            "the TLS greeting names a server in a way that cannot be read",
        ),
        (
            made(name_extension(b"good.example"), name_extension(b"evil.example")),
            "the TLS greeting holds an extension twice",
        ),
        (
            made(name_extension(b"good.example"), (0xFE0D, b"\0")),
            "the TLS greeting hides the server's name (Encrypted ClientHello)",
        ),
        (
            made(name_extension(b"good.example"), (0xFFCE, b"\0")),
            "the TLS greeting hides the server's name (Encrypted ClientHello)",
        ),
        (made(name_extension(b"good.example"), (42, b"")), "the TLS greeting sends data along (early data)"),
        (made(name_extension(b"good.example"), behind=b"x"), "the TLS greeting is malformed"),
        (made(name_extension(b"good.example")) + b"x", "the TLS greeting is malformed"),
        (b"\2" + made()[1:], "the tunnel does not begin with a ClientHello"),
    ],
)
def test_greetings_that_are_refused(message: bytes, why: str) -> None:
    assert refusal(message) == why


def test_a_name_for_an_address_is_refused() -> None:
    """A registry at an address is asked for without a name: with one, it could be somebody else's."""
    assert refusal(openssl_hello("good.example"), "127.0.0.1") == (
        "the TLS greeting names another server than the request (SNI)"
    )


def test_every_cut_is_refused() -> None:
    whole = openssl_hello("good.example")
    for size in range(len(whole)):
        with pytest.raises(Refused):
            read_hello(whole[:size])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 250))
def test_noise_is_read_or_refused_never_an_error(noise: bytes, place: int) -> None:
    whole = bytearray(openssl_hello("good.example"))
    whole[place : place + len(noise)] = noise
    for message in (bytes(whole), noise):
        try:
            check_hello(read_hello(message), "good.example")
        except Refused:
            continue
        assert b"good.example" in message


@pytest.mark.parametrize(
    "header",
    [b"GET /", b"\x17\3\3\0\5", b"\x16\3\3\0\0", b"\x16\3\3\x40\1", b"\x16\2\0\0\5", b"\x80\x2e\1\3\1"],
    ids=["http", "data", "empty", "too-long", "ssl2-version", "ssl2"],
)
def test_records_that_are_none(header: bytes) -> None:
    with pytest.raises(Refused, match="not TLS"):
        record_length(header)
    assert record_length(b"\x16\3\1\2\0") == 512
