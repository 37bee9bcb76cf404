"""`python -m slipway.sandboxes.images`: make the image of a sandbox on a Docker Engine, without any registry."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from ...config import load_settings
from ..base import SandboxUnavailable
from ..docker import connect
from .build import Recipe, build, built


def main() -> int:
    """Make it, say its name and digest; 1 with the reason where that fails."""
    parser = argparse.ArgumentParser(prog="python -m slipway.sandboxes.images", description=__doc__)
    parser.add_argument("--docker", metavar="ADDRESS", help="the Engine (default: sandbox.docker_host, else this one)")
    parser.add_argument("--name", help="the image's name (default: slipway-sandbox:bookworm)")
    parser.add_argument("--node", action="store_true", help="with Node.js and npm")
    parser.add_argument("--browser", action="store_true", help="with Chromium, for the sandboxes that open pages")
    parser.add_argument("--again", action="store_true", help="even where it is there, for newer packages")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="keep the root file system here for next time")
    options = parser.parse_args()
    try:
        print(asyncio.run(_make(options)))
    except SandboxUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _make(options: argparse.Namespace) -> str:
    settings = load_settings().sandbox
    engine = await connect(options.docker or settings.docker_host, certificates=settings.docker_certificates)
    recipe = Recipe(node=options.node, browser=options.browser)
    name = options.name or recipe.name
    try:
        known = None if options.again else await built(engine, recipe, name=name)
        made = known or await build(engine, recipe, name=name, cache_dir=options.cache)
    finally:
        await engine.close()
    return f"{name} {made}"


if __name__ == "__main__":
    sys.exit(main())
