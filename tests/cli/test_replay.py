"""A recorded run is done over or gone on from by one short command, whose exit code a script can believe."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..integration.playing import REQUEST, WHOLE
from .conftest import Slipway


def test_a_run_is_replayed_judged_anew_and_forked(slipway: Slipway, tmp_path: Path) -> None:
    lineup = tmp_path / "lineup.json"
    lineup.write_text(WHOLE.lineup(tmp_path).model_dump_json())
    *_, made = [
        json.loads(line) for line in slipway("build", REQUEST, "--lineup", str(lineup), "--json").stdout.splitlines()
    ]
    run, version = made["run"], made["version"]

    again = slipway("replay", run)
    assert again.returncode == 0, again.stderr
    assert "0 model calls, 0 tokens in (0 cached), 0 out, $0.0000" in again.stdout
    assert again.stdout.endswith(f"version {version}: the same version as recorded\n")

    stage = slipway("replay", run, "--stage", "fix")
    assert stage.returncode == 0, stage.stderr
    assert "reason: stopped once the replayed stage was judged, as asked" in stage.stdout
    lines = stage.stdout[stage.stdout.index("recorded:") :].splitlines()
    titles = [line.split()[0] for line in lines]
    assert titles == ["recorded:", "fix/1", "check/2", "replayed:", "fix/1", "check/2"]
    assert [bool(re.search(r"\(green\)$", line)) for line in lines] == [False, False, True, False, False, True]

    fork = slipway("fork", run, "--at", "check/1", "--json")
    assert (fork.returncode, json.loads(fork.stdout.splitlines()[-1])["version"]) == (0, version), fork.stderr
    forked = json.loads(fork.stdout.splitlines()[-1])["run"]
    assert f"a fork of run {run} behind check/1\n" in slipway("show", forked).stdout

    for arguments, code, line in (
        (
            ["fork", run, "--at", "fix/7"],
            2,
            f"slipway: run '{run}' has no step or checkpoint 'fix/7' to go on",
        ),
        (["fork", run], 2, "slipway fork: the following arguments are required: --at"),
        (["replay", run, "--stage", "paint"], 2, f"slipway: run '{run}' has no stage or step 'paint' to do over; th"),
        (["replay", "nobody"], 2, "slipway: no run 'nobody'; the newest are"),
        (["replay", run, "--lineup", "demo"], 2, "slipway: a replay of a whole run asks no model; name the --stage"),
    ):
        done = slipway(*arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.startswith(line)
        assert done.stderr.count("\n") == 1
