"""What a browser says of a built script leads back to what somebody wrote."""

from __future__ import annotations

import json

from slipway.checks.node.sourcemaps import written
from slipway.sandboxes import FileContent, Sandbox

_MAP = {
    "version": 3, "sources": ["../../src/App.tsx", "../../../node_modules/react/index.js"], "names": [],
    "mappings": "AAAA,IAEA,UCGA;AAAA",
}  # fmt: skip
_FILES = {
    "dist/assets/a.js": "", "dist/assets/a.js.map": json.dumps(_MAP), "dist/plain.js": "",
    "dist/broken.js": "", "dist/broken.js.map": '{"version": 3, "mappings": ',
}  # fmt: skip
_PLACES = [
    ("dist/assets/a.js", 1, 0), ("dist/assets/a.js", 1, 9), ("dist/assets/a.js", 1, 14), ("dist/assets/a.js", 7, 0),
    ("dist/broken.js", 1, 0), ("dist/plain.js", 1, 0), ("dist/gone.js", 1, 0),
]  # fmt: skip


async def test_a_place_leads_to_the_line_that_it_was_made_from(bubblewrap: Sandbox) -> None:
    await bubblewrap.write({path: FileContent(text.encode()) for path, text in _FILES.items()})
    assert await written(bubblewrap, _PLACES) == {
        ("dist/assets/a.js", 1, 0): ("src/App.tsx", 1),
        ("dist/assets/a.js", 1, 9): ("src/App.tsx", 3),
        ("dist/assets/a.js", 1, 14): ("../node_modules/react/index.js", 6),
    }


async def test_without_a_reader_nothing_is_known(sandbox: Sandbox) -> None:
    """It is a help to find a fault; that there is one is known already."""
    await sandbox.write({path: FileContent(text.encode()) for path, text in _FILES.items()})
    assert await written(sandbox, _PLACES) == {}
    assert await written(sandbox, []) == {}
