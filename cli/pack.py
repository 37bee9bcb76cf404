from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from ..checks import Conventions
from ..checks.examples import Tried, try_examples, unproven
from ..config import UsageError, load_settings
from ..config.pack import LOCKS, Pack
from ..config.packing import find_pack, load_pack, pack_names, starter_files
from ..graphs.kits import needed
from ..graphs.locking import lock
from ..graphs.violations import by_lineup, told
from ..sandboxes import open_sandboxes
from ..state import RunStore, open_state
from ..state.text import visible
from .execution import DELIVERED, NOT_DELIVERED, cancelled_by_signals, execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway pack check`, `init`, `lock`, `list` and `violations`."""

    async def command() -> int:
        match arguments.action:
            case "check":
                with cancelled_by_signals():
                    return await _check(arguments)
            case "lock":
                with cancelled_by_signals():
                    return await _lock(arguments)
            case "init":
                return _init(arguments)
            case "violations":
                return await _violations(arguments)
            case _:
                return _list(arguments)

    return execute(command)


async def _check(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.set)
    pack = find_pack(arguments.pack)
    tried: list[Tried] = []
    async with open_sandboxes(settings.sandbox, settings.folders.cache, run="pack-check") as sandboxes:
        equipped = await sandboxes.equip(Conventions(pack).needs)
        sandbox = await (await equipped.install(needed(pack))).open()
        try:
            async for each in try_examples(pack, sandbox):
                tried.append(each)
                if not arguments.json:
                    print(visible(_line(each)), flush=True)
        finally:
            await sandbox.close()
    missing = unproven(pack)
    holds = not missing and all(each.holds for each in tried)
    if arguments.json:
        print(json.dumps(_report(pack, tried, missing, holds)))
    else:
        for line in missing:
            print(f"FAIL {line}")
        broken = sum(not each.holds for each in tried)
        print(f"{pack.name} {pack.version} ({pack.digest[:12]}): {len(tried) - broken} of {len(tried)} examples hold")
    return DELIVERED if holds else NOT_DELIVERED


def _line(tried: Tried) -> str:
    name = f"{tried.kind}/{tried.name}"
    if tried.not_run:
        return f"FAIL {name}: the check did not run: {tried.not_run}"
    if tried.holds:
        return f"ok   {name}: {_places(tried.found)}"
    return f"FAIL {name}: expected {_places(tried.expected)}; found {_places(tried.found)}"


def _places(places: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{rule} in {file}" for rule, file in places) or "nothing"


def _report(pack: Pack, tried: list[Tried], missing: list[str], holds: bool) -> dict[str, object]:
    examples = [
        {
            "kind": each.kind, "name": each.name, "holds": each.holds, "not_run": each.not_run,
            "expected": [{"rule": rule, "file": file} for rule, file in each.expected],
            "found": [{"rule": rule, "file": file} for rule, file in each.found],
        }
        for each in tried
    ]  # fmt: skip
    return {**_facts(pack), "holds": holds, "examples": examples, "unproven": missing}


def _init(arguments: argparse.Namespace) -> int:
    folder = Path(arguments.directory).resolve()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is not empty; name a new folder")
        for path, data in starter_files(folder.name).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; name another folder") from error
    pack = load_pack(folder)
    if arguments.json:
        print(json.dumps({**_facts(pack), "folder": str(folder)}))
    else:
        print(f"{folder} holds a pack; edit it, then: slipway pack check {arguments.directory}")
    return DELIVERED


async def _lock(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.set)
    folder = Path(arguments.directory).resolve()
    made = await lock(load_pack(folder), settings)
    try:
        _replace(folder / "lock", made.files)
    except OSError as error:
        raise UsageError(f"{folder}/lock cannot be written: {error.strerror}; make it writable") from error
    held = {
        ecosystem: [f"{one.name}=={one.version}" for one in made.packages[ecosystem]] for ecosystem in made.packages
    }
    if arguments.json:
        print(json.dumps({**_facts(load_pack(folder)), "folder": str(folder), "lock": held}))
        return DELIVERED
    said = " and ".join(f"{len(names)} packages of {ecosystem}" for ecosystem, names in held.items())
    print(f"{folder}/lock holds {said}" if held else f"{folder} needs no lock: it allows nothing that is imported")
    print(f"try it: slipway pack check {arguments.directory}")
    return DELIVERED


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Have exactly `files` in `folder`, and no folder where there are none."""
    for name, data in files.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    for name in set(LOCKS) - files.keys():
        (folder / name).unlink(missing_ok=True)
    if not files and folder.is_dir():
        folder.rmdir()


def _list(arguments: argparse.Namespace) -> int:
    packs = [find_pack(name) for name in pack_names()]
    width = max(len(pack.name) for pack in packs)
    for pack in packs:
        print(json.dumps(_facts(pack)) if arguments.json else f"{pack.name.ljust(width)}  {pack.summary}")
    return DELIVERED


async def _violations(arguments: argparse.Namespace) -> int:
    async with open_state(load_settings(arguments.set)) as redis:
        runs = RunStore(redis)
        records = await runs.newest(arguments.limit)
        kept = by_lineup([(record, outcome) for record in records if (outcome := await runs.outcome(record.id))])
    if arguments.json:
        print(json.dumps([told(each) for each in kept]))
    elif not kept:
        print("no run was held to a pack yet; do so with: slipway build --pack NAME", file=sys.stderr)
    for each in kept if not arguments.json else ():
        broken = ", ".join(f"{rule} {count}" for rule, count in each.rules.most_common()) or "nothing"
        print(visible(f"{each.lineup}  {each.pack}: {each.clean} of {each.runs} runs clean; broken: {broken}"))
    return DELIVERED


def _facts(pack: Pack) -> dict[str, object]:
    return {
        "pack": pack.name,
        "version": pack.version,
        "digest": pack.digest,
        "summary": pack.summary,
        "languages": list(pack.languages),
        "rules": [rule.id for rule in pack.all_rules],
    }
