"""A request that two parsers read differently is how a proxy is walked around, so what is not plain is refused."""

from __future__ import annotations

import pytest

from slipway.sandboxes.egress import Origin, Refused
from slipway.sandboxes.egress.heads import Request, answer, read_request, read_response


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        read_request(text.encode("latin-1"))
    return caught.value.status, str(caught.value)


def test_the_two_forms_that_are_understood() -> None:
    assert read_request(b"CONNECT Good.Example:443 HTTP/1.1\r\nHost: good.example\r\nX: y\r\n\r\n") == Request(
        "CONNECT", Origin("https", "good.example", 443), ""
    )
    assert read_request(b"CONNECT good.example:443 HTTP/1.0\r\n\r\n").origin == Origin("https", "good.example", 443)
    asked = read_request(
        b"GET http://mirror:8080/simple/six/?a=1 HTTP/1.1\r\nHost: mirror:8080\r\nAccept: */*\r\n"
        b"Authorization: Basic x\r\nCookie: a\r\nX-Forwarded-Host: evil\r\nConnection: keep-alive\r\n\r\n"
    )
    assert (asked.method, asked.origin, asked.path) == ("GET", Origin("http", "mirror", 8080), "/simple/six/?a=1")
    assert asked.forwarded() == (
        b"GET /simple/six/?a=1 HTTP/1.1\r\nHost: mirror:8080\r\nConnection: close\r\naccept: */*\r\n\r\n"
    )


NOT_PLAIN = (400, "a host that is not written as a plain name")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("CONNECT good.example.:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT .good.example:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good..example:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example%2eevil:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example/evil:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example:443:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example\\evil:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT [::1%25eth0]:443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example:0 HTTP/1.1\r\n\r\n", (400, "a port that there is not")),
        ("CONNECT good.example:65979 HTTP/1.1\r\n\r\n", (400, "a port that there is not")),
        ("CONNECT good.example:-443 HTTP/1.1\r\n\r\n", NOT_PLAIN),
        ("CONNECT good.example HTTP/1.1\r\n\r\n", (400, "CONNECT without a port")),
        ("CONNECT u:p@good.example:443 HTTP/1.1\r\n\r\n", (400, "an address with a user name in it")),
        ("CONNECT good.example@evil:443 HTTP/1.1\r\n\r\n", (400, "an address with a user name in it")),
        ("CONNECT gööd.example:443 HTTP/1.1\r\n\r\n", (400, "a target that is not plain ASCII")),
        ("CONNECT good.example:443\tHTTP/1.1\r\n\r\n", (400, "not a request of HTTP/1.1")),
        ("CONNECT good.example:443 HTTP/1.1 x\r\n\r\n", (400, "not a request of HTTP/1.1")),
        ("GET http://mirror/ HTTP/1.0\r\nHost: mirror\r\n\r\n", (400, "not a request of HTTP/1.1")),
        ("CONNECT good.example:443 HTTP/2\r\n\r\n", (400, "not a request of HTTP/1.1")),
        ("CONNECT good.example:443\n HTTP/1.1\r\n\r\n", (400, "a target that is not plain ASCII")),
        (
            "CONNECT good.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            (400, "a Host header that names another place than the request"),
        ),
        (
            "CONNECT good.example:443 HTTP/1.1\r\nHost: good.example:80\r\n\r\n",
            (400, "a Host header that names another place than the request"),
        ),
        (
            "CONNECT good.example:443 HTTP/1.1\r\nHost: good.example\r\nHost: good.example\r\n\r\n",
            (400, "two Host headers"),
        ),
        ("CONNECT good.example:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\n", (400, "a request with a body")),
        ("CONNECT good.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", (400, "a request with a body")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX : y\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX: y\r\n folded\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX: y\nHost: evil\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX: y\rHost: evil\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX: \0\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\nno colon\r\n\r\n", (400, "a malformed header")),
        ("CONNECT good.example:443 HTTP/1.1\r\n" + "X: y\r\n" * 101 + "\r\n", (400, "too many headers")),
        ("CONNECT good.example:443 HTTP/1.1\r\nX: y\r\n", (400, "a head without an end")),
        (
            "GET https://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n",
            (400, "GET needs a whole http:// address; https goes through CONNECT"),
        ),
        (
            "GET /simple/ HTTP/1.1\r\nHost: mirror\r\n\r\n",
            (400, "GET needs a whole http:// address; https goes through CONNECT"),
        ),
        (
            "GET file:///etc/passwd HTTP/1.1\r\nHost: mirror\r\n\r\n",
            (400, "GET needs a whole http:// address; https goes through CONNECT"),
        ),
        (
            "GET http://mirror/#@evil/ HTTP/1.1\r\nHost: mirror\r\n\r\n",
            (400, "GET needs a whole http:// address; https goes through CONNECT"),
        ),
        (
            "GET http://mirror?@evil/ HTTP/1.1\r\nHost: mirror\r\n\r\n",
            (400, "GET needs a whole http:// address; https goes through CONNECT"),
        ),
        ("GET http://mirror\\@evil/ HTTP/1.1\r\nHost: mirror\r\n\r\n", (400, "an address with a user name in it")),
        ("GET http://u:p@mirror/ HTTP/1.1\r\nHost: mirror\r\n\r\n", (400, "an address with a user name in it")),
        (
            "GET http://mirror/ HTTP/1.1\r\nHost: evil\r\n\r\n",
            (400, "a Host header that does not name the place that is asked for"),
        ),
        (
            "GET http://mirror/ HTTP/1.1\r\n\r\n",
            (400, "a Host header that does not name the place that is asked for"),
        ),
        (
            "GET http://mirror/ HTTP/1.1\r\nHost: mirror\r\nUpgrade: websocket\r\n\r\n",
            (400, "a request with the header 'upgrade'"),
        ),
        (
            "POST http://mirror/ HTTP/1.1\r\nHost: mirror\r\n\r\n",
            (405, "the method 'POST' is not allowed, only CONNECT, GET and HEAD"),
        ),
        (
            "connect good.example:443 HTTP/1.1\r\n\r\n",
            (405, "the method 'connect' is not allowed, only CONNECT, GET and HEAD"),
        ),
    ],
)
def test_requests_that_are_refused(text: str, why: tuple[int, str]) -> None:
    assert refusal(text) == why


def test_an_answer_loses_what_is_between_two_neighbours_only() -> None:
    """A connection that the client keeps would carry a second request, which nobody judges."""
    read = read_response(
        b"HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nConnection: keep-alive, X-Own\r\nKeep-Alive: 5\r\n"
        b"X-Own: 1\r\nContent-Length: 3\r\n\r\n",
        method="GET",
    )
    assert read.head == (
        b"HTTP/1.1 302 Found\r\nlocation: http://evil/\r\ncontent-length: 3\r\nConnection: close\r\n\r\n"
    )
    assert (read.status, read.length) == (302, 3)
    assert read_response(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", method="HEAD").length == 0
    assert read_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", method="GET").length is None


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n",
    ],
)
def test_answers_that_are_not_passed_on(head: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_response(head, method="GET")
    assert caught.value.status == 502


def test_a_refusal_stands_in_the_first_line_where_clients_show_it() -> None:
    assert answer(403, "no\r\nSet-Cookie: ü") == (
        b"HTTP/1.1 403 no\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 18\r\n"
        b"Connection: close\r\n\r\nno\r\nSet-Cookie: \xc3\xbc"
    )
