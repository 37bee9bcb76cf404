from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from ...sandboxes import Command
from ..base import Subject
from ..running import App
from ..tests import is_testing

_ENDINGS = (".html", ".htm", ".xhtml")
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
"""What a page of its own begins with; a file without is a part that others load, or no page at all."""
_LOOK = 'cd "$1" && find . -type f -name "*htm*"'


async def files_of(subject: Subject, app: App) -> list[str]:
    """The addresses of pages that are files, whether anything links to them or not; none where a program answers.

    Without the first page. The sandbox holds what a build made.
    """
    if app.start is not None:
        return []
    at = "" if app.folder == "." else f"{app.folder.rstrip('/')}/"
    if app.build and at:
        found = await subject.sandbox.exec(Command(("sh", "-c", _LOOK, "sh", f"./{at}")))
        files = [at + path.removeprefix("./") for path in found.stdout.text.splitlines()]
    else:
        files = [path for path in subject.manifest if path.startswith(at) and not is_testing(path)]
    files = sorted(path for path in files if path.endswith(_ENDINGS))
    texts = await subject.sandbox.read_many(files) if files else {}
    pages = [
        path.removeprefix(at) for path in files if not isinstance(data := texts[path], bytes) or _PAGE.search(data)
    ]
    return list(_addresses(pages))


def _addresses(pages: Iterable[str]) -> Iterable[str]:
    for page in pages:
        folder, _, name = page.rpartition("/")
        if name != "index.html":
            yield f"/{quote(page)}"
        elif folder:
            yield f"/{quote(folder)}/"
