"""A run that is held to a pack: what breaks it is not delivered, agents know it, and who broke it is counted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from slipway import Outcome, run
from slipway.config import ConfigurationError, Settings, find_pack, load_settings
from slipway.config.packing import starter_files
from slipway.graphs.kits import needed
from slipway.sandboxes import open_sandboxes
from slipway.state import Fence, Journal, RunStore, open_state

from .. import commands
from .playing import PLAN, REQUEST, RIGHT, Part, Play, call, say, write

STOPS = RIGHT.replace("    whole", "    breakpoint()\n    whole")
MENDS = (
    call("edit_file", path="money.py", old="    breakpoint()\n", new=""),
    write("README.md", "# Money\n"),
    say("Mended."),
)
OWNING = {**PLAN, "components": [{**PLAN["components"][0], "files": ["money.py", "README.md"]}]}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack that `slipway pack init` starts with: a README has to be there, nothing waits for a debugger.

    What is in `out` belongs to no version.
    """
    folder = tmp_path / "house"
    files = starter_files("house")
    files["pack.yaml"] += b"generated: [out]\n"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


async def told(settings: Settings, outcome: Outcome) -> dict[str, str]:
    """The standing instructions of each role that was asked."""
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(outcome.run, 0)).entries()
    asked = [json.loads(entry.request)["messages"][0] for entry in entries if entry.kind == "model"]
    systems = [str(message.get("data", message).get("content")) for message in asked]
    return {text.split("\n", 1)[0].removeprefix("# Role: "): text for text in systems}


@pytest.fixture(scope="module", autouse=True)
def layers(cache_dir: Path) -> None:
    """What the pack has that the architect chooses is installed before, since a test reaches no registry."""

    async def make() -> None:
        async with open_sandboxes(load_settings().sandbox, cache_dir, ahead=0) as sandboxes:
            await sandboxes.made(needed(find_pack("python-cli")))

    asyncio.run(make())


async def test_what_breaks_the_pack_is_repaired_and_counted(
    tmp_path: Path, settings: Settings, pack: Path, environment: dict[str, str]
) -> None:
    play = Play(
        plan=OWNING,
        coder=(write("money.py", STOPS), call("run", command="mkdir out && cp money.py out"), say("Done.")),
        # The fixer goes on only where it was told what to do, in the pack's words.
        parts=(Part("fixer", ("no-breakpoint", "hint: Remove the call.", "layout-missing"), MENDS),),
    )
    outcome = await run(REQUEST, lineup=play.lineup(tmp_path), settings=settings, pack=pack)
    assert outcome.status == "delivered", outcome.reason
    assert outcome.checks is not None
    assert {result.check: result.status for result in outcome.checks.results}["conventions"] == "passed"
    assert (outcome.pack, outcome.violations) == (str(pack), {"layout-missing": 1, "no-breakpoint": 1})
    assert sorted(outcome.files) == ["README.md", "money.py", "tests/test_money.py"]
    assert [stage.note for stage in outcome.stages if stage.stage == "code"] == [""]
    said = await asyncio.to_thread(commands.run, "pack", "violations", "--json", environment=environment)
    assert json.loads(said.stdout) == [
        {"lineup": "play", "pack": str(pack), "runs": 1, "clean": 0, "violations": dict(outcome.violations)}
    ]
    known = await told(settings, outcome)
    told_of_it = {role for role, text in known.items() if "# Conventions: house" in text}
    assert told_of_it == known.keys() == {"architect", "coder", "tester", "fixer"}
    # Rules are for who writes code before there is anything to find; the fixer has the findings, each with its hint.
    assert {role for role, text in known.items() if "- no-breakpoint: " in text} == {"architect", "coder"}


async def test_the_architect_chooses_among_the_packs(tmp_path: Path, settings: Settings) -> None:
    """Only of those that there are; and the checks hold the run to what it chose."""
    plan = {**PLAN, "pack": "python-cli"}
    play = Play(plan=plan, fixer=(say("I do not know how."),))
    outcome = await run(REQUEST, lineup=play.lineup(tmp_path), settings=settings, pack="auto")
    assert (outcome.status, outcome.pack) == ("gave_up", "python-cli")
    assert outcome.violations == {"layout-missing": 5, "layout-not-allowed": 1}
    known = await told(settings, outcome)
    assert {role for role, text in known.items() if "# Conventions: python-cli" in text} == {"coder", "tester", "fixer"}


async def test_who_is_told_no_pack_is_held_to_none(tmp_path: Path, settings: Settings) -> None:
    """Whatever a model says of packs."""
    play = Play(plan={**PLAN, "pack": "python-cli"})
    outcome = await run(REQUEST, lineup=play.lineup(tmp_path), settings=settings)
    assert (outcome.status, outcome.pack, outcome.violations) == ("delivered", "", {})
    unknown = Play(plan={**PLAN, "pack": "cobol"})
    outcome = await run(REQUEST, lineup=unknown.lineup(tmp_path), settings=settings, pack="auto")
    assert (outcome.status, outcome.pack) == ("delivered", "")


async def test_a_pack_that_is_not_there_is_one_error_before_anything_begins(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^unknown pack 'cobol': it is neither a folder nor one of .*python-cli"
    ):
        await run(REQUEST, lineup=Play().lineup(tmp_path), settings=settings, pack="cobol")
    async with open_state(settings) as redis:
        assert await RunStore(redis).newest() == []
