from __future__ import annotations

from ...sandboxes import Command, Sandbox
from ...sandboxes.services import Probe, Service, serve
from .base import App
from .building import Site


async def served(sandbox: Sandbox, app: App, site: Site) -> Service:
    """`app`, with the files of `sandbox`, as a service that answers; the caller closes it, and holds `site` until then.

    A build changes the files of `sandbox`. SandboxRefusal `not_ready`, with the last words, where it is not built, ends
    or does not answer in time.
    """
    if app.build:
        await site.into(sandbox, app)
    probe = Probe(seconds=app.seconds, status=range(100, 600))
    if app.start is None:
        # -I: no module of the project is imported in the place of http.server.
        argv = ("python3", "-I", "-m", "http.server", "--bind", "127.0.0.1", "--directory", app.folder, str(app.port))
        return await serve(sandbox, Command(argv), probe)
    environment = {"PORT": str(app.port), "HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1"}
    return await serve(sandbox, Command(("/bin/sh", "-c", app.start), env=environment), probe)
