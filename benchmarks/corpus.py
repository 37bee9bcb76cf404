"""Does the gate find what is planted in the corpus, and leave alone what is clean?

Prints a line for each project that does not hold, then one line a goal, `name value goal held|missed`; the exit status
is 1 where one is missed. README.md says what the numbers mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from functools import partial
from pathlib import Path

from saving.judging import table

from planting.reading import BadCorpus, Project, corpus
from planting.report import by_check, by_pack, complaints, shares
from planting.trying import Tried, try_all
from slipway.config import ConfigurationError, load_settings
from slipway.sandboxes import DependenciesRefused, SandboxUnavailable


def main() -> int:
    """The command."""
    options, begun = _options(), time.perf_counter()
    try:
        projects, settings = _chosen(options), load_settings(options.set)
        tell = partial(_tell, verbose=options.verbose)
        tried = asyncio.run(try_all(projects, settings, options.parallel, tell))
    except (BadCorpus, ConfigurationError, DependenciesRefused, SandboxUnavailable) as error:
        print(f"bench-corpus: {error}", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps([_kept(each) for each in tried]))
    reached = [each for each in shares(tried) if each.of or not options.partly]
    print(f"\n{len(tried)} projects, {options.parallel} at a time, in {time.perf_counter() - begun:.0f} s")
    goals = table(("goal", "value", "goal is", "verdict"), [each.shown() for each in reached])
    print(f"\n{by_pack(tried)}\n\n{by_check(tried)}\n\n{goals}")
    return 0 if all(each.held for each in reached) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pack", action="append", help="only projects of this pack")
    parser.add_argument("--only", action="append", metavar="NAME", help="only projects of this name")
    parser.add_argument("--parallel", type=int, default=2, help="projects at a time (default: 2)")
    parser.add_argument("--set", action="append", default=[], metavar="A.B=VALUE", help="a setting, as for slipway")
    parser.add_argument("--verbose", action="store_true", help="a line for each project, with what was found")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all reports there")
    options = parser.parse_args()
    options.partly = bool(options.pack or options.only)
    return options


def _chosen(options: argparse.Namespace) -> list[Project]:
    chosen = [
        project
        for project in corpus()
        if (not options.pack or project.pack in options.pack) and (not options.only or project.name in options.only)
    ]
    if not chosen:
        raise BadCorpus("no project of the corpus is called so; see benchmarks/corpus/PACK/")
    return chosen


def _tell(tried: Tried, verbose: bool) -> None:
    for line in complaints(tried):
        print(line, flush=True)
    if verbose:
        found = sorted({f"{finding.check}:{finding.rule}" for finding in tried.found})
        print(f"{'ok  ' if tried.holds else 'FAIL'} {tried.project.id}: {', '.join(found) or 'nothing'}", flush=True)


def _kept(tried: Tried) -> dict[str, object]:
    return {"project": tried.project.id, "holds": tried.holds, "report": tried.report.model_dump(mode="json")}


if __name__ == "__main__":
    sys.exit(main())
