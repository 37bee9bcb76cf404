from __future__ import annotations

from collections.abc import Iterable

from ...config.settings import InstallSettings
from ..egress import Origin, Policy
from ..egress.addresses import LookUp, is_global, look_up
from .registries import Registry


async def reach(
    registry: Registry, urls: Iterable[str], settings: InstallSettings, *, look_up: LookUp = look_up
) -> Policy:
    """What a sandbox must reach to install from `registry`, whose pages say that files are at `urls`.

    The registry itself is reached wherever it is. What its pages name must be on the internet, or be served by https
    from an address that the registry has itself, as mirrors do: a page cannot point into the local network.
    """
    trusted = set(registry.origins) | {Origin.of(host) for host in settings.hosts if "://" in host}
    names = {host.lower() for host in settings.hosts if "://" not in host}
    own = {address for origin in registry.origins for address in await _addresses(origin, look_up)}
    for origin in _origins(urls) - trusted:
        if origin.scheme != "https" or origin.port != 443 or ":" in origin.host:
            continue
        found = set(await _addresses(origin, look_up))
        if found and found <= own and not any(is_global(address) for address in found):
            trusted.add(origin)
        else:
            names.add(origin.host)
    return Policy(frozenset(names), frozenset(trusted))


def _origins(urls: Iterable[str]) -> set[Origin]:
    found: set[Origin] = set()
    for start in {"/".join(url.split("/", 3)[:3]) for url in urls}:
        try:
            found.add(Origin.of(start))
        except ValueError:
            continue  # a page may name what it likes; it is not reached
    return found


async def _addresses(origin: Origin, look_up: LookUp) -> frozenset[str]:
    try:
        return frozenset(await look_up(origin.host, origin.port))
    except OSError:
        return frozenset()
