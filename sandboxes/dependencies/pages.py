"""Pages of a registry, fetched on the host."""

from __future__ import annotations

import asyncio
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import IO

from ..base import SandboxUnavailable

_TIME = 60.0
"""Seconds of silence that a registry may keep."""
_BYTES = 128 << 20
_AT_ONCE = 8
_PAUSES = (0.5, 2.0)
"""Seconds before a page is asked for again, where what was in the way may be gone by then."""
_PASSING = frozenset({429, 502, 503, 504})


class _Passing(SandboxUnavailable):
    """What was in the way may be gone a moment later."""


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows a redirect, but never out of https."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.startswith(f"{req.type}://") and not newurl.startswith("https://"):
            raise urllib.error.HTTPError(req.full_url, code, "a redirect out of https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(frozen=True)
class Page:
    """What a registry answered."""

    url: str
    """Where it came from, redirects followed."""
    kind: str
    """Its media type."""
    body: bytes


class Pages:
    """Fetches pages of one registry. The environment's proxies are not asked: the sandbox's egress has none either."""

    def __init__(self, certificates: Path | None) -> None:
        context = ssl.create_default_context()
        if certificates is not None:
            context.load_verify_locations(certificates)
        https = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _SameScheme, https)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, url: str, *, accept: str) -> Page | None:
        """The page at `url`; None where there is none (404, 410). SandboxUnavailable where nobody answers.

        A registry that is busy, hangs up, or has no address for a moment is asked again, twice.
        """
        async with self._slots:
            for pause in _PAUSES:
                try:
                    return await asyncio.to_thread(self._fetch, url, accept)
                except _Passing:
                    await asyncio.sleep(pause)
            return await asyncio.to_thread(self._fetch, url, accept)

    def _fetch(self, url: str, accept: str) -> Page | None:
        request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "slipway"})
        try:
            with self._opener.open(request, timeout=_TIME) as response:
                body: bytes = response.read(_BYTES + 1)
                page = Page(response.url, response.headers.get_content_type(), body)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                return None
            kind = _Passing if error.code in _PASSING else SandboxUnavailable
            raise kind(f"the registry answered {error.code} for {url}; is its address right?") from None
        except OSError as error:
            reason = getattr(error, "reason", None) or error
            raise (_Passing if _passes(reason) else SandboxUnavailable)(
                f"the registry cannot be reached at {url}: {reason}; packages are installed on their first use: name a "
                "registry that answers to pip and npm, or in sandbox.install, or a folder of wheels there"
            ) from None
        if len(body) > _BYTES:
            raise SandboxUnavailable(f"the registry's page {url} has more than {_BYTES} bytes")
        return page


def _passes(reason: object) -> bool:
    if isinstance(reason, socket.gaierror):
        return reason.errno == socket.EAI_AGAIN
    return isinstance(reason, ConnectionResetError | ConnectionAbortedError)
