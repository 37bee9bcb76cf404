"""A page of a registry names where files are; it must not be able to point a sandbox into the local network."""

from __future__ import annotations

from collections.abc import Sequence

from slipway.config import load_settings
from slipway.sandboxes.dependencies.reach import reach
from slipway.sandboxes.dependencies.registries import Registry
from slipway.sandboxes.egress import Origin, Policy

ADDRESSES = {
    "mirror.lan": ["10.0.0.1"],
    "files.mirror.lan": ["10.0.0.1"],
    "wiki.lan": ["10.0.0.2"],
    "index.example": ["1.1.1.1"],
    "files.example": ["1.1.1.1"],
}


async def known(host: str, port: int) -> Sequence[str]:
    if host not in ADDRESSES:
        raise OSError("no such name")
    return ADDRESSES[host]


async def test_files_of_a_mirror_and_of_others() -> None:
    urls = [
        "https://files.mirror.lan/a.whl",
        "https://wiki.lan/a.whl",
        "https://files.example/a.whl",
        "https://mirror.lan:8443/a.whl",
        "https://files.mirror.lan:22/a.whl",
        "http://wiki.lan/a.whl",
        "http://mirror.lan/a.whl",
        "https://u:p@files.example/a.whl",
        "https://[::1]/a.whl",
        "file:///etc/passwd",
        "https://unknown.example/",
    ]
    settings = load_settings([
        "sandbox.install.hosts=[more.example, 'https://deep.lan:8443']",
    ]).sandbox.install  # fmt: skip
    policy = await reach(Registry(("https://mirror.lan:8443/simple",)), urls, settings, look_up=known)
    assert policy == Policy(
        # These are reached on the internet only, where wiki.lan is not.
        hosts=frozenset({"more.example", "wiki.lan", "files.example", "unknown.example"}),
        registries=frozenset({
            Origin("https", "mirror.lan", 8443),
            Origin("https", "files.mirror.lan", 443),
            Origin("https", "deep.lan", 8443),
        }),
    )  # fmt: skip


async def test_an_address_that_many_share_is_no_reason_to_trust() -> None:
    """What stands behind one address of a content network today stands elsewhere tomorrow."""
    registry = Registry(("https://index.example/simple",))
    policy = await reach(registry, ["https://files.example/a.whl"], load_settings().sandbox.install, look_up=known)
    assert policy == Policy(frozenset({"files.example"}), frozenset({Origin("https", "index.example", 443)}))
