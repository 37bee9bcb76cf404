from __future__ import annotations

import argparse
from pathlib import Path

from ..models.endpoints import serve_forever
from ..models.scripted import load_script, serving
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway scripted`."""

    async def command() -> int:
        script = load_script(arguments.script)
        log = Path(arguments.log) if arguments.log else None
        serve_forever(serving(script, port=arguments.port, latency=arguments.latency, log=log))
        return 0

    return execute(command)
