"""Ways round the egress allow-list, each tried over real sockets: nothing but what was allowed may reach a server."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from slipway.sandboxes.egress import Attempt, Egress, EgressLimits, Origin, Policy, WheelFolder

HASTY = EgressLimits(greeting=3.0)
"""For who keeps the egress waiting; everybody else has all the time of a busy machine."""


def registry(port: int, scheme: str = "http", host: str = "127.0.0.1") -> Policy:
    return Policy(registries=frozenset({Origin.of(f"{scheme}://{host}:{port}/")}))


async def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def get(port: int, path: str = "/", host: str = "127.0.0.1") -> bytes:
    return f"GET http://{host}:{port}{path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()


def connect(authority: str) -> bytes:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


def client_hello(name: str) -> bytes:
    out = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name).do_handshake()
    return out.read()


async def test_a_plain_registry_is_passed_on(client, server) -> None:
    origin = await server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello and more")
    egress = Egress(registry(origin.port))
    program = await client(egress)
    await program.send(get(origin.port, "/simple/six/"))
    assert await program.rest() == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nConnection: close\r\n\r\nhello"
    assert origin.got == [b"GET /simple/six/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % origin.port]
    assert egress.attempts == (Attempt("127.0.0.1", origin.port, True, "allowed"),)


async def test_tls_goes_through_unopened(client, server) -> None:
    origin = await server(tls=True)
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    program = await client(egress)
    await program.send(connect(f"mirror.lan:{origin.port}"))
    assert await program.head() == "HTTP/1.1 200 Connection established"
    await program.tls("mirror.lan")
    await program.send(b"x" * 300_000)
    assert await program.reader.readexactly(300_000) == b"x" * 300_000
    program.writer.close()
    await program.served
    assert b"".join(origin.got) == b"x" * 300_000
    assert egress.attempts == (Attempt("mirror.lan", origin.port, True, "allowed"),)


@pytest.mark.parametrize(("name", "why"), [("evil.example", "another server"), (None, "no server")])
async def test_a_greeting_for_somebody_else_reaches_nobody(client, server, name: str | None, why: str) -> None:
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    program = await client(egress)
    await program.send(connect(f"mirror.lan:{origin.port}"))
    await program.head()
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        await program.tls(name)
    await program.served
    assert origin.got == []
    (attempt,) = egress.attempts
    assert (attempt.host, attempt.allowed) == ("mirror.lan", False)
    assert why in attempt.why


async def test_a_second_greeting_is_judged_like_the_first(client, server) -> None:
    """A server may ask for a second ClientHello; with another name in it, the tunnel would end elsewhere."""
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    first, second = client_hello("mirror.lan"), client_hello("evil.example")
    for between in (b"", b"\x14\3\3\0\1\1"):
        origin.got.clear()
        program = await client(egress)
        await program.send(connect(f"mirror.lan:{origin.port}"))
        await program.head()
        await program.send(first)
        assert await program.reader.readexactly(len(first)) == first
        await program.send(between + second)
        assert await program.rest() == b"\x15\x03\x03\x00\x02\x02\x70"
        assert b"".join(origin.got) == first
    assert [attempt.allowed for attempt in egress.attempts] == [True, False, True, False]


async def test_a_second_greeting_with_the_same_name_passes(client, server) -> None:
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    both = client_hello("mirror.lan") + b"\x14\3\3\0\1\1" + client_hello("mirror.lan") + b"\x17\3\3\0\1x"
    program = await client(egress)
    await program.send(connect(f"mirror.lan:{origin.port}"))
    await program.head()
    await program.send(both)
    program.writer.write_eof()
    assert await program.rest() == both


async def test_a_greeting_in_small_records_is_put_together(client, server) -> None:
    """A name that is cut in two by a record's end must be read all the same."""
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    for name, passes in (("mirror.lan", True), ("evil.example", False)):
        message = client_hello(name)[5:]
        cut = b"".join(
            b"\x16\3\1" + struct.pack(">H", len(piece)) + piece
            for piece in (message[place : place + 7] for place in range(0, len(message), 7))
        )
        program = await client(egress)
        await program.send(connect(f"mirror.lan:{origin.port}"))
        await program.head()
        await program.send(cut)
        program.writer.write_eof()
        assert (await program.rest() == cut) is passes


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "what came through the tunnel is not TLS"),
        (b"GET / HTTP/1.1\r\n\r\n", "what came through the tunnel is not TLS"),
        (b"\x16\3\1\x40\0\1\0\xff\xff" + bytes(16380), "the TLS greeting is too large"),
        (b"\x16\3\1\0\4\2\0\0\0", "the tunnel does not begin with a ClientHello"),
    ],
)
async def test_a_tunnel_carries_tls_only(client, server, sent: bytes, why: str) -> None:
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    program = await client(egress)
    await program.send(connect(f"mirror.lan:{origin.port}"))
    await program.head()
    await program.send(sent)
    await program.rest()
    assert origin.got == []
    assert egress.attempts == (Attempt("mirror.lan", origin.port, False, why),)


async def test_bytes_behind_a_connect_are_refused(client, server) -> None:
    """They would be taken for the tunnel's by one party, and for a request by another."""
    origin = await server()
    egress = Egress(registry(origin.port, "https", "mirror.lan"), look_up=loopback)
    program = await client(egress)
    await program.send(connect(f"mirror.lan:{origin.port}") + client_hello("mirror.lan"))
    assert await program.head() == "HTTP/1.1 400 bytes behind the request, before it was answered"
    assert origin.got == []


async def test_a_second_request_on_a_connection_is_never_answered(client, server) -> None:
    origin = await server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    egress = Egress(registry(origin.port))
    program = await client(egress)
    await program.send(get(origin.port) + get(origin.port, "/second"))
    assert (await program.rest()).startswith(b"HTTP/1.1 400 ")
    assert origin.got == []


async def test_a_name_is_looked_up_once_and_must_be_on_the_internet(client, server) -> None:
    """DNS rebinding: the address that was judged is the one that is connected to, and loopback is none."""
    origin = await server()
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["::ffff:127.0.0.1", "127.0.0.1", "10.0.0.1", "169.254.169.254", "fe80::1%lo"]

    egress = Egress(Policy(hosts=frozenset({"good.example"})), look_up=rebinding)
    program = await client(egress)
    await program.send(connect("good.example:443"))
    said = "'good.example' has no address on the internet, only ones of this machine or its networks"
    assert await program.head() == f"HTTP/1.1 403 {said}"
    assert (asked, origin.got) == (["good.example"], [])
    assert egress.attempts == (Attempt("good.example", 443, False, said),)


async def test_a_name_that_is_not_allowed_is_not_even_looked_up(client) -> None:
    """A look-up alone carries data out, in the name."""
    asked: list[str] = []

    async def note(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["1.1.1.1"]

    egress = Egress(Policy(hosts=frozenset({"good.example"})), look_up=note)
    for authority in ("secret.evil.example:443", "good.example.evil:443", "good.example:8443", "2130706433:443"):
        program = await client(egress)
        await program.send(connect(authority))
        assert (await program.head()).startswith("HTTP/1.1 403 ")
    assert asked == []
    assert [(attempt.host, attempt.port, attempt.allowed) for attempt in egress.attempts] == [
        ("secret.evil.example", 443, False),
        ("good.example.evil", 443, False),
        ("good.example", 8443, False),
        ("2130706433", 443, False),
    ]


async def test_a_redirect_to_another_host_ends_at_the_proxy(client, server) -> None:
    secret = await server(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
    origin = await server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n\r\n" % secret.port)
    egress = Egress(registry(origin.port))
    program = await client(egress)
    await program.send(get(origin.port))
    assert f"location: http://127.0.0.1:{secret.port}/".encode() in await program.rest()
    program = await client(egress)
    await program.send(get(secret.port))
    assert (await program.head()).startswith(f"HTTP/1.1 403 http://127.0.0.1:{secret.port} is not a configured")
    assert secret.got == []


async def test_heads_and_waits_are_bounded(client, server) -> None:
    origin = await server()
    policy = registry(origin.port, "https", "mirror.lan")
    endless = await client(Egress(policy, look_up=loopback))
    await endless.send(b"CONNECT " + b"a" * 20_000)
    assert await endless.head() == "HTTP/1.1 431 a head that is too large"
    egress = Egress(policy, HASTY, look_up=loopback)
    slow, silent = await client(egress), await client(egress)
    await slow.send(b"CONNECT mirror.lan")
    await silent.send(connect(f"mirror.lan:{origin.port}"))
    await silent.head()
    assert [await silent.rest(), await slow.rest()] == [b"", b""]
    assert origin.got == []


async def test_what_goes_out_and_comes_in_is_bounded(client, server) -> None:
    """Bytes to an allowed host are a way out, too: they are counted for all connections together."""
    origin = await server(tls=True)
    limits = EgressLimits(sent=200_000, received=10**6)
    egress = Egress(registry(origin.port, "https", "mirror.lan"), limits, look_up=loopback)
    for _ in range(2):
        program = await client(egress)
        await program.send(connect(f"mirror.lan:{origin.port}"))
        await program.head()
        await program.tls("mirror.lan")
        program.writer.write(b"x" * 150_000)
        try:
            await program.reader.readexactly(150_000)
        except (ssl.SSLError, asyncio.IncompleteReadError, ConnectionError):
            break
    assert len(b"".join(origin.got)) < 200_000
    assert egress.attempts[-1].why == "more was sent to the outside than is allowed"

    page = await server(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500_000)
    egress = Egress(registry(page.port), EgressLimits(received=100_000))
    program = await client(egress)
    await program.send(get(page.port))
    assert len(await program.rest()) < 150_000
    assert egress.attempts[-1].why == "more was fetched from the outside than is allowed"


async def test_connections_and_records_are_bounded(client) -> None:
    egress = Egress(Policy(), EgressLimits(total=3, attempts=4))
    for _ in range(6):
        program = await client(egress)
        with suppress(ConnectionError):
            await program.send(connect("evil.example:443"))
            await program.rest()
    assert [attempt.why for attempt in egress.attempts] == [
        *["'evil.example' is not on the allow-list"] * 3,
        "this sandbox has made too many connections",
    ]


async def test_a_host_that_is_down_is_told(client, server) -> None:
    origin = await server()
    egress = Egress(registry(1))
    program = await client(egress)
    await program.send(get(1))
    assert (await program.head()).startswith("HTTP/1.1 502 '127.0.0.1' cannot be reached (")
    nonsense = await server(b"SSH-2.0\r\n\r\n")
    program = await client(Egress(registry(nonsense.port)))
    await program.send(get(nonsense.port))
    assert await program.head() == "HTTP/1.1 502 the registry did not answer in HTTP/1.1"
    assert origin.got == []


async def test_a_folder_of_wheels_gives_its_wheels_and_nothing_else(client, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "a-1.0+x-py3-none-any.whl").write_bytes(b"w" * 200_000)
    (tmp_path / "wheels" / "notes.txt").write_text("private")
    (tmp_path / "secret.whl").write_text("private")
    egress = Egress(Policy(), wheels=WheelFolder(tmp_path / "wheels"))

    async def ask(path: str, method: str = "GET") -> bytes:
        program = await client(egress)
        await program.send(f"{method} http://wheels.invalid{path} HTTP/1.1\r\nHost: wheels.invalid\r\n\r\n".encode())
        return await program.rest()

    page = await ask("/")
    assert page.partition(b"\r\n\r\n")[2] == (
        b"<!DOCTYPE html><html><body>\n"
        b'<a href="a-1.0%2Bx-py3-none-any.whl">a-1.0+x-py3-none-any.whl</a>\n'
        b"</body></html>"
    )
    assert (await ask("/a-1.0%2Bx-py3-none-any.whl")).endswith(b"\r\n\r\n" + b"w" * 200_000)
    assert (await ask("/a-1.0%2Bx-py3-none-any.whl", "HEAD")).endswith(b"200000\r\nConnection: close\r\n\r\n")
    for path in ("/notes.txt", "/../secret.whl", "//secret.whl", "/..%2fsecret.whl", f"{tmp_path}/secret.whl"):
        assert (await ask(path)).startswith(b"HTTP/1.1 404 there is no such wheel\r\n")
