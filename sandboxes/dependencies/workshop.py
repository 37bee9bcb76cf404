from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ..base import WORKSPACE, Command, ExecResult, FileContent, Sandbox
from ..egress import Egress, open_egress
from .base import DependenciesRefused

TEMPORARY = f"{WORKSPACE}/tmp"
CERTIFICATES = f"{WORKSPACE}/certificates.pem"
_TOLD = 1500
"""Characters of an installer's complaint that are passed on."""


@dataclass(frozen=True)
class Workshop:
    """A sandbox in which an installer works, whose only way out is `egress`."""

    sandbox: Sandbox
    egress: Egress
    proxy: str
    """The URL of the egress, as programs inside see it."""
    timeout: float

    async def run(
        self, argv: Sequence[str], what: str, *, hint: str = "", env: Mapping[str, str] | None = None
    ) -> ExecResult:
        """Run an installer. DependenciesRefused with its complaint where it fails at `what`."""
        command = Command(argv, env={"TMPDIR": TEMPORARY, **(env or {})}, timeout=self.timeout)
        result = await self.sandbox.exec(command)
        if not result.ok:
            raise DependenciesRefused(
                f"{what} failed: {_complaint(result)}", *self._refusals(), *([hint] if hint else [])
            )
        return result

    def _refusals(self) -> list[str]:
        refused = (attempt for attempt in self.egress.attempts if not attempt.allowed)
        return [f"on the way, something was not let out: {why}" for why in dict.fromkeys(one.why for one in refused)][
            :5
        ]


@asynccontextmanager
async def open_workshop(
    sandbox: Sandbox, egress: Egress, *, certificates: Path | None, timeout: float
) -> AsyncGenerator[Workshop]:
    """Make `sandbox` ready for an installer, and let it out through `egress` while this is open."""
    trusted = certificates or _system_certificates()
    pem = trusted.read_bytes() if trusted is not None else b""
    await sandbox.write({"tmp/.keep": FileContent(b""), "certificates.pem": FileContent(pem)})
    async with open_egress(sandbox, egress) as proxy:
        yield Workshop(sandbox, egress, proxy, timeout)


def _system_certificates() -> Path | None:
    """The authorities that this machine trusts, in one file. Public data."""
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    for place in (ssl.get_default_verify_paths().cafile, *usual):
        if place and Path(place).is_file():
            return Path(place)
    return None


def _complaint(result: ExecResult) -> str:
    if result.timed_out:
        return "it did not end in time (sandbox.install.timeout)"
    lines = [line.strip() for line in result.stderr.text.splitlines() if line.strip()]
    starts = [place for place, line in enumerate(lines) if line.lower().startswith(("error", "npm err"))]
    told = lines[starts[0] :] if starts else lines[-5:]
    return "\n".join(told or [f"exit {result.exit_code}"])[:_TOLD]
