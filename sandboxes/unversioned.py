from __future__ import annotations

from collections.abc import Collection

from ..state.records import Manifest
from .around import Around
from .base import Sandbox


class Unversioned(Around):
    """A sandbox of which some folders never become part of a version, whatever is in them; so are its forks."""

    def __init__(self, inner: Sandbox, folders: Collection[str]) -> None:
        super().__init__(inner)
        self._folders = folders

    async def snapshot(self) -> Manifest:
        """The inner sandbox's `snapshot`, without what is in these folders."""
        return outside(self._folders, await self.inner.snapshot())

    async def fork(self) -> Sandbox:
        """A fork of the inner sandbox, with the same folders."""
        return Unversioned(await self.inner.fork(), self._folders)


def outside(folders: Collection[str], manifest: Manifest) -> Manifest:
    """The files of `manifest` that are in none of `folders`."""
    within = tuple(f"{folder}/" for folder in folders)
    return {path: ref for path, ref in manifest.items() if not path.startswith(within)}
