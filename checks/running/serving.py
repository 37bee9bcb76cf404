from __future__ import annotations

from ...sandboxes import Command, Sandbox, SandboxRefusal
from ...sandboxes.services import Probe, Service, serve
from .base import App

_BUILD = 120.0
"""Seconds that a build may take."""
_WORDS = 2000
"""Characters of a failed build's last words."""


async def served(sandbox: Sandbox, app: App) -> Service:
    """`app`, with the files of `sandbox`, as a service that answers; the caller closes it.

    A build changes the files of `sandbox`. SandboxRefusal `not_ready`, with the last words, where it is not built, ends
    or does not answer in time.
    """
    if app.build:
        built = await sandbox.exec(Command.shell(app.build, timeout=_BUILD))
        if not built.ok:
            words = (built.stdout.text + built.stderr.text).strip()[-_WORDS:]
            how = "did not end in time" if built.timed_out else f"ended with exit code {built.exit_code}"
            raise SandboxRefusal("not_ready", f"the build {how}\n{words}")
    probe = Probe(seconds=app.seconds, status=range(100, 600))
    if app.start is None:
        # -I: no module of the project is imported in the place of http.server.
        argv = ("python3", "-I", "-m", "http.server", "--bind", "127.0.0.1", "--directory", app.folder, str(app.port))
        return await serve(sandbox, Command(argv), probe)
    environment = {"PORT": str(app.port), "HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1"}
    return await serve(sandbox, Command(("/bin/sh", "-c", app.start), env=environment), probe)
