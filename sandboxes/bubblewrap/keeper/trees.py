"""Workspaces made of layers, so that a fork copies nothing.

A workspace begins as one tmpfs. To fork it, that tmpfs is frozen, and both sides get an overlay: the frozen files
below, an empty tmpfs of their own above. Every layer stores one and the same owner, whichever sandbox wrote it; where
it is shown, it is mapped to the kernel uid of the sandbox that sees it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from . import kernel

OWNER = 10001
"""The uid that layers store."""
DEPTH = 16
"""Layers below a workspace: each look-up of a name that is not there asks all of them."""
_OWN_INODES = 5
"""What an overlay needs in its upper layer beside the files: the root, and the folders of its work."""


class Impossible(Exception):
    """This workspace cannot be forked without copying; the text says why."""


@dataclass(frozen=True)
class Room:
    """Bytes and files."""

    bytes: int
    files: int

    def fits_twice(self, limit: Room) -> bool:
        """Whether all of it can be written once more within `limit`."""
        return 2 * self.bytes <= limit.bytes and 2 * self.files <= limit.files


class Layer:
    """A tmpfs, mounted where only root gets; it goes when nobody uses it."""

    def __init__(self, place: str, room: Room, *, overlaid: bool) -> None:
        self.place = place
        self.users = 0
        self._overlaid = overlaid
        os.mkdir(place)
        options = {"size": room.bytes, "nr_inodes": room.files, "mode": "0755", "uid": OWNER, "gid": OWNER}
        kernel.attach(kernel.tmpfs(options), place)
        for folder in ("files", "work") if overlaid else ():
            os.mkdir(f"{place}/{folder}", 0o755)
            os.chown(f"{place}/{folder}", OWNER, OWNER)

    def files(self, place: str) -> str:
        """Where its files are, when it is mounted at `place`."""
        return f"{place}/files" if self._overlaid else place

    def state(self) -> tuple[int, int, int, int]:
        """Something else after every change."""
        room, top = os.statvfs(self.place), os.stat(self.files(self.place))
        return room.f_bfree, room.f_ffree, top.st_mode, top.st_mtime_ns

    def used(self) -> Room:
        """What it holds."""
        room = os.statvfs(self.place)
        return Room((room.f_blocks - room.f_bfree) * room.f_frsize, room.f_files - room.f_ffree)

    def relinked(self) -> bool:
        """Whether it holds a file that has further names in a layer below: as a lower layer it would part them."""
        index = f"{self.place}/work/index"
        return os.path.isdir(index) and any(not name.startswith("#") for name in os.listdir(index))

    def freeze(self, frozen: bool = True) -> None:
        """Let nobody write to it any more. Impossible where a file of it is open for writing."""
        flags = kernel.REMOUNT | kernel.NOSUID | kernel.NODEV | (kernel.RDONLY if frozen else 0)
        try:
            kernel.mount(None, self.place, None, flags)
        except OSError as error:
            raise _impossible(error, "a file is open for writing") from error

    def release(self) -> None:
        """One user less."""
        self.users -= 1
        if self.users <= 0:
            kernel.unmount(self.place, detach=True)
            os.rmdir(self.place)


class Store:
    """Where layers are, and where they are put together."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made = 0
        os.makedirs(f"{folder}/joined", 0o700)
        kernel.mount("slipway", f"{folder}/joined", "tmpfs", kernel.NOSUID | kernel.NODEV, "size=1m,mode=0700")
        for number in range(DEPTH + 1):
            os.mkdir(f"{folder}/joined/{number}")

    def layer(self, room: Room, *, overlaid: bool) -> Layer:
        """A new one, empty."""
        self._made += 1
        return Layer(f"{self._folder}/{self._made}", room, overlaid=overlaid)

    @contextmanager
    def joined(self, layers: Sequence[Layer], owners: int) -> Generator[list[str]]:
        """Places at which `layers` are mounted, their owners mapped, for as long as an overlay takes to be made."""
        places: list[str] = []
        try:
            for layer in layers:
                place = f"{self._folder}/joined/{len(places)}"
                kernel.attach(kernel.mapped(layer.place, owners), place)
                places.append(place)
            yield places
        finally:
            for place in places:
                kernel.unmount(place, detach=True)


class Workspace:
    """What one sandbox sees at its /workspace, which is mounted from `place`."""

    def __init__(self, store: Store, place: str, limit: Room, owners: int) -> None:
        self._store = store
        self._place = place
        self._limit = limit
        self._owners = owners
        self._lowers: list[Layer] = []
        self._upper = store.layer(limit, overlaid=False)
        self._upper.users += 1
        kernel.attach(kernel.mapped(self._upper.place, owners), place)
        kernel.mount(None, place, None, kernel.SHARED)  # what is mounted on it later appears in the sandbox, too
        self._seen = self._upper.state()

    @property
    def changed(self) -> bool:
        """Whether anything was written since the last fork."""
        return self._upper.state() != self._seen

    def fork_to(self, target: Workspace) -> None:
        """Show this one's files in `target`, too. Impossible where it takes copying; nothing is changed then.

        Nothing in either sandbox may have a file or folder of its workspace open, or be in one.
        """
        if target._lowers or target.changed:
            raise Impossible("the other workspace is not empty")
        chain = [self._upper, *self._lowers] if self.changed else self._lowers
        self._check(chain, target)
        if self.changed:
            self._push(chain)
        if chain:
            target._show(chain)

    def _check(self, chain: Sequence[Layer], target: Workspace) -> None:
        if len(chain) > DEPTH:
            raise Impossible(f"it would have more than {DEPTH} layers")
        used = _total(chain)
        if not (used.fits_twice(self._limit) and used.fits_twice(target._limit)):
            raise Impossible("its files take more than half of its room, which must hold what is changed of them, too")
        if self.changed and self._upper.relinked():
            raise Impossible("files with several names were changed")

    def _push(self, chain: Sequence[Layer]) -> None:
        """Freeze the upper layer and begin a new one."""
        hidden = False
        self._upper.freeze()
        try:
            if self._lowers:
                self._hide()
                hidden = True
            self._show(chain)
        except (OSError, Impossible):
            self._upper.freeze(False)
            if hidden:
                self._mount(self._lowers, self._upper)
            raise

    def _hide(self) -> None:
        try:
            kernel.unmount(self._place)  # its upper layer can be a lower one only when it is no longer mounted as such
        except OSError as error:
            raise _impossible(error, "something in the sandbox uses its workspace") from error

    def _show(self, chain: Sequence[Layer]) -> None:
        """Begin a new upper layer, above `chain`."""
        used = _total(chain)
        room = Room(self._limit.bytes - used.bytes, self._limit.files - used.files + _OWN_INODES)
        upper = self._store.layer(room, overlaid=True)
        upper.users += 1
        for layer in chain:
            layer.users += 1
        try:
            self._mount(chain, upper)
        except OSError:
            _release([upper, *chain])
            raise
        before = [self._upper, *self._lowers]
        self._upper, self._lowers = upper, list(chain)
        self._seen = upper.state()
        _release(before)

    def _mount(self, lowers: Sequence[Layer], upper: Layer) -> None:
        with self._store.joined([upper, *lowers], self._owners) as (top, *below):
            places = [layer.files(place) for layer, place in zip(lowers, below, strict=True)]
            kernel.overlay(self._place, places, upper.files(top), f"{top}/work")

    def close(self) -> None:
        """Let go of everything; others may go on with layers of it."""
        for _ in range(2 if self._lowers else 1):
            kernel.unmount(self._place, detach=True)
        _release([self._upper, *self._lowers])
        os.close(self._owners)


def supported(store: Store, place: str, owners: int) -> str:
    """Why workspaces cannot be forked by this kernel; empty where they can."""
    room = Room(1 << 20, 100)
    try:
        one, two = (Workspace(store, f"{place}/{name}", room, os.dup(owners)) for name in _made(place))
    except OSError as error:
        return f"the kernel cannot map the owners of a tmpfs ({error.strerror})"
    try:
        with open(f"{place}/one/probe", "w") as file:
            file.write("probe")
        one.fork_to(two)
        with open(f"{place}/two/probe", "a") as file:
            file.write("d")
        with open("/proc/self/mountinfo") as mounts:
            found = [line.split() for line in mounts if f" {place}/two " in line and " - overlay " in line]
        missing = {"redirect_dir=on", "index=on"}.difference(found[-1][-1].split(",")) if found else {"overlay"}
        return f"its overlay lacks {', '.join(sorted(missing))}" if missing else ""
    except (OSError, Impossible) as error:
        return f"the kernel's overlay cannot be used here ({error})"
    finally:
        one.close()
        two.close()


def _made(place: str) -> Generator[str]:
    for name in ("one", "two"):
        os.makedirs(f"{place}/{name}")
        yield name


def _total(layers: Sequence[Layer]) -> Room:
    rooms = [layer.used() for layer in layers]
    return Room(sum(room.bytes for room in rooms), sum(room.files for room in rooms))


def _release(layers: Sequence[Layer]) -> None:
    for layer in layers:
        layer.release()


def _impossible(error: OSError, reason: str) -> Exception:
    return Impossible(reason) if error.errno == errno.EBUSY else error
