"""The allow-list is exact: whatever is not one of its names, or leads into this machine's networks, is no way out."""

from __future__ import annotations

import pytest

from slipway.sandboxes.egress import Origin, Policy, Refused
from slipway.sandboxes.egress.addresses import checked, is_global

POLICY = Policy(
    hosts=frozenset({"good.example", "xn--bcher-kva.example"}),
    registries=frozenset({Origin.of("http://127.0.0.1:8080/simple"), Origin.of("https://mirror.lan:8443/simple/")}),
)


@pytest.mark.parametrize(
    ("origin", "anywhere"),
    [
        (Origin("https", "good.example", 443), False),
        (Origin("https", "xn--bcher-kva.example", 443), False),
        (Origin("http", "127.0.0.1", 8080), True),
        (Origin("https", "mirror.lan", 8443), True),
    ],
)
def test_what_is_allowed(origin: Origin, anywhere: bool) -> None:
    assert POLICY.anywhere(origin) is anywhere


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        (Origin("https", "evil.example", 443), "'evil.example' is not on the allow-list"),
        (Origin("https", "sub.good.example", 443), "'sub.good.example' is not on the allow-list"),
        (Origin("https", "example", 443), "'example' is not on the allow-list"),
        (Origin("https", "good.example", 22), "port 22 of 'good.example' is not allowed, only 443"),
        (
            Origin("http", "good.example", 443),
            "http://good.example:443 is not a configured registry; only those may be reached without TLS",
        ),
        (
            Origin("http", "127.0.0.1", 8081),
            "http://127.0.0.1:8081 is not a configured registry; only those may be reached without TLS",
        ),
        (Origin("https", "127.0.0.1", 8080), "'127.0.0.1' is an address; only names on the allow-list may be reached"),
        (Origin("https", "2130706433", 443), "'2130706433' is an address; only names on the allow-list may be reached"),
        (Origin("https", "0177.0.0.1", 443), "'0177.0.0.1' is an address; only names on the allow-list may be reached"),
        (Origin("https", "0x7f000001", 443), "'0x7f000001' is an address; only names on the allow-list may be reached"),
        (Origin("https", "127.1", 443), "'127.1' is an address; only names on the allow-list may be reached"),
        (
            Origin("https", "::ffff:127.0.0.1", 443),
            "'::ffff:127.0.0.1' is an address; only names on the allow-list may be reached",
        ),
        (Origin("https", "mirror.lan", 443), "'mirror.lan' is not on the allow-list"),
    ],
)
def test_what_is_refused(origin: Origin, why: str) -> None:
    with pytest.raises(Refused) as caught:
        POLICY.anywhere(origin)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    "name", ["Good.example", "good.example.", "*.example", "127.0.0.1", "0x7f.1", "bücher.example", ""]
)
def test_names_that_no_policy_takes(name: str) -> None:
    with pytest.raises(ValueError, match="not host names"):
        Policy(hosts=frozenset({name}))


@pytest.mark.parametrize(
    "url", ["ftp://a/", "https://u:p@a/", "https://u@a/", "https:///simple", "https://bücher/", "a/b"]
)
def test_addresses_that_are_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r"an address|not an http") as caught:
        Origin.of(url)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "168.63.129.16", "224.0.1.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%lo", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::127.0.0.1", "2001:db8::1", "localhost",
    ],
)  # fmt: skip
def test_addresses_that_are_not_on_the_internet(address: str) -> None:
    assert not is_global(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "151.101.0.223", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_that_are(address: str) -> None:
    assert is_global(address)


def test_a_name_with_addresses_of_both_kinds_keeps_the_global_ones() -> None:
    """A name that its owner points at loopback as well must not lead there."""
    assert checked("a", ["127.0.0.1", "1.1.1.1", "::1"], anywhere=False) == ["1.1.1.1"]
    assert checked("a", ["127.0.0.1"], anywhere=True) == ["127.0.0.1"]
    with pytest.raises(Refused, match="no address on the internet"):
        checked("a", ["127.0.0.1", "10.0.0.1"], anywhere=False)
