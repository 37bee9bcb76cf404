from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys

from ..config import Settings, UsageError, load_settings
from ..graphs.previewing import Shown, previewing
from ..sandboxes.services import Probe
from ..state.text import visible
from .execution import DELIVERED, NOT_DELIVERED, cancelled_by_signals, execute

_WORDS = 2000


def main(arguments: argparse.Namespace) -> int:
    """`slipway preview`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        try:
            with cancelled_by_signals():
                return await _show(arguments, settings)
        except asyncio.CancelledError:
            return DELIVERED
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise UsageError(f"port {arguments.port} cannot be used: {why}; name another with --port") from error

    return execute(command)


async def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    probe = Probe(arguments.inside, arguments.path, seconds=arguments.wait)
    async with previewing(
        arguments.run, settings, command=arguments.command, port=arguments.port, probe=probe
    ) as shown:
        _announce(shown, arguments.json)
        ended = await shown.service.wait()
        words = visible(shown.service.log().text.strip()[-_WORDS:])
        print(f"slipway: it ended with exit code {ended.exit_code}\n{words}", file=sys.stderr)
        return NOT_DELIVERED


def _announce(shown: Shown, as_json: bool) -> None:
    if as_json:
        facts = {"run": shown.outcome.run, "version": shown.outcome.version, "command": shown.command}
        print(json.dumps({**facts, "address": shown.preview.address}), flush=True)
    else:
        print(f"{shown.preview.address}  ({visible(shown.command)}; Ctrl-C ends it)", flush=True)
