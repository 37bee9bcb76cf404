"""A URL that is misread connects to another server, or shows its password in a log."""

from __future__ import annotations

import pytest

from slipway.state import StateUnavailable
from slipway.state.connections.addresses import Address, parse_address

TLS = {"ssl_ca_certs": "/ca.pem", "ssl_check_hostname": False}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://host", Address("redis://host", "server", (("host", 6379),))),
        (
            "redis://ann:p%40s%3As@host:7000/3",
            Address(
                "redis://ann@host:7000/3",
                "server",
                (("host", 7000),),
                options={"username": "ann", "password": "p@s:s", "db": 3},
            ),
        ),
        (
            "REDISS://:secret@[::1]:7000?ssl_ca_certs=/ca.pem&ssl_check_hostname=no&password=other",
            Address(
                "REDISS://[::1]:7000",
                "server",
                (("::1", 7000),),
                tls=True,
                options={"password": "other", **TLS},
                sentinel_options=TLS,
            ),
        ),
        (
            "unix://ann:secret@/run/my%20redis.sock?db=2",
            Address(
                "unix://ann@/run/my%20redis.sock",
                "socket",
                path="/run/my redis.sock",
                options={"username": "ann", "password": "secret", "db": 2},
            ),
        ),
        (
            "redis+sentinel://:secret@a,b:7001,[::1]/my%20master/4?sentinel_username=sue&sentinel_password=s3",
            Address(
                "redis+sentinel://a,b:7001,[::1]/my%20master/4",
                "sentinel",
                (("a", 26379), ("b", 7001), ("::1", 26379)),
                service="my master",
                options={"password": "secret", "db": 4},
                sentinel_options={"username": "sue", "password": "s3"},
            ),
        ),
        (
            "rediss+sentinel://a/m?ssl_ca_certs=/ca.pem&ssl_check_hostname=False",
            Address(
                "rediss+sentinel://a/m",
                "sentinel",
                (("a", 26379),),
                service="m",
                tls=True,
                options=TLS,
                sentinel_options=TLS,
            ),
        ),
        (
            "redis+cluster://ann:secret@a:7001,b/0",
            Address(
                "redis+cluster://ann@a:7001,b/0",
                "cluster",
                (("a", 7001), ("b", 6379)),
                options={"username": "ann", "password": "secret", "db": 0},
            ),
        ),
    ],
)
def test_what_a_url_names(url: str, address: Address) -> None:
    assert parse_address(url) == address
    assert "secret" not in repr(address) and "secret" not in repr(parse_address(url))


@pytest.mark.parametrize(
    ("url", "place", "why"),
    [
        (
            "http://ann:secret@host/",
            "http://ann@host/",
            "begin it with one of redis://, rediss://, unix://, redis+sentinel://, rediss+sentinel://, "
            "redis+cluster://, rediss+cluster://",
        ),
        ("redis://ann:se/cret@host", "redis://ann@host", None),
        ("redis://ann:se?cret@host", "redis://...", "percent-encode what is special in a name or password"),
        ("redis://ann:se#cret@host", "redis://ann@host", None),
        (
            "redis://:secret@a,b",
            "redis://a,b",
            "it names several hosts; use redis+cluster:// or redis+sentinel://",
        ),
        (
            "redis://:secret@",
            "redis://",
            "write its hosts as HOST:PORT, and percent-encode what is special in a name or password",
        ),
        ("redis://:secret@a:70000", "redis://a:70000", "70000 is not a port"),
        ("redis://:secret@a/x", "redis://a/x", "'x' is not the number of a database"),
        ("unix://:secret@run/s", "unix://run/s", "give the absolute path of the socket, as in unix:///run/redis.sock"),
        (
            "redis+sentinel://:secret@a:1",
            "redis+sentinel://a:1",
            "name the service behind the Sentinels, as in redis+sentinel://HOST:PORT/mymaster",
        ),
        ("redis+cluster://a/1", "redis+cluster://a/1", "a cluster has one database; leave its number out"),
        (
            "redis://a?ssl_ca_certs=/x&password=secret",
            "redis://a",
            "its option 'ssl_ca_certs' is not one of client_name, db, health_check_interval, password, "
            "socket_keepalive, username",
        ),
        ("redis://a?db=secret", "redis://a", "Invalid value for 'db' in connection URL."),
    ],
)
def test_a_url_that_names_nothing_is_one_clear_line_without_its_password(url: str, place: str, why: str | None) -> None:
    try:
        parsed = parse_address(url)
    except StateUnavailable as error:
        said = str(error)
        assert why is None or said == f"{place!r} is no address of a Redis server: {why}"
    else:
        said = repr(parsed)
        assert why is None
    assert "cret" not in said and ":se" not in said
