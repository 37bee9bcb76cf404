"""Which fact was missing for whom is what a line-up is improved by; a log that a kill cut off must still tell."""

from __future__ import annotations

import json
from pathlib import Path

from slipway.experiments.misses import misses_in


def test_kinds_by_role(tmp_path: Path) -> None:
    log = tmp_path / "endpoint.jsonl"
    lines = [
        {"event": "asked", "role": "fixer"},
        {
            "event": "answered",
            "role": "fixer",
            "notes": {"part": "repair", "misses": [["source", "b1"], ["source", "b2"]]},
        },
        {"event": "answered", "role": "tester", "notes": {"misses": ["task"]}},
        {"event": "answered", "role": None, "notes": {"part": "plan", "misses": [["source", "b1"]]}},
        {"event": "answered", "role": "coder", "notes": {"misses": []}},
    ]
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"event": "answ')
    assert misses_in(log) == {"source": {"fixer": 2, "plan": 1}, "task": {"tester": 1}}
    assert misses_in(tmp_path / "none") == {}
