"""The kernel's calls for mounts and user namespaces, for which Python has no functions. Each raises OSError.

The new ones are called by number, which is the same on every machine (`asm-generic/unistd.h`): Linux 5.2 for trees of
mounts, 5.12 for their maps of owners; see open_tree(2), move_mount(2), fsopen(2), mount_setattr(2).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from typing import Any

RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, REC = 0x1, 0x2, 0x4, 0x8, 0x20, 0x4000
PRIVATE, SHARED = 1 << 18, 1 << 20
_DETACH = 0x2
_OPEN_TREE, _MOVE_MOUNT, _FSOPEN, _FSCONFIG, _FSMOUNT, _MOUNT_SETATTR = 428, 429, 430, 431, 432, 442
_CLONE, _CLOEXEC, _EMPTY_PATH, _FROM_EMPTY_PATH = 0x1, os.O_CLOEXEC, 0x1000, 0x4
_FSOPEN_CLOEXEC, _SET_STRING, _CREATE, _FSMOUNT_CLOEXEC = 0x1, 1, 6, 0x1
_ATTR_NOSUID, _ATTR_NODEV, _ATTR_IDMAP = 0x2, 0x4, 0x100000
_NEW_USER_NAMESPACE = 0x10000000
_HERE = -100

_libc = ctypes.CDLL(None, use_errno=True)


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user_namespace", ctypes.c_uint64),
    )


def _checked(result: int, subject: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), subject)
    return result


def _call(number: int, *arguments: Any, subject: str) -> int:
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), subject)


def mount(source: str | None, place: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """As mount(2)."""
    words = [None if word is None else os.fsencode(word) for word in (source, place, kind, options)]
    _checked(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), place)


def unmount(place: str, *, detach: bool = False) -> None:
    """Take away what is mounted last at `place`: EBUSY where something uses it; `detach`: once nothing does."""
    _checked(_libc.umount2(os.fsencode(place), _DETACH if detach else 0), place)


def tmpfs(options: Mapping[str, object]) -> int:
    """A new tmpfs, as a descriptor of its mount, which is at no place yet."""
    context = _call(_FSOPEN, b"tmpfs", _FSOPEN_CLOEXEC, subject="tmpfs")
    try:
        for name, value in options.items():
            _call(_FSCONFIG, context, _SET_STRING, name.encode(), str(value).encode(), 0, subject=name)
        _call(_FSCONFIG, context, _CREATE, None, None, 0, subject="tmpfs")
        return _call(_FSMOUNT, context, _FSMOUNT_CLOEXEC, _ATTR_NOSUID | _ATTR_NODEV, subject="tmpfs")
    finally:
        os.close(context)


def mapped(place: str, owners: int) -> int:
    """A second mount of what is mounted at `place`, its owners mapped as in the user namespace `owners`."""
    tree = _call(_OPEN_TREE, _HERE, os.fsencode(place), _CLONE | _CLOEXEC, subject=place)
    attributes = _Attributes(_ATTR_IDMAP, 0, 0, owners)
    size = ctypes.sizeof(attributes)
    try:
        _call(_MOUNT_SETATTR, tree, b"", _EMPTY_PATH, ctypes.byref(attributes), size, subject=place)
    except OSError:
        os.close(tree)
        raise
    return tree


def attach(tree: int, place: str) -> None:
    """Put a mount at `place`, and close its descriptor."""
    try:
        _call(_MOVE_MOUNT, tree, b"", _HERE, os.fsencode(place), _FROM_EMPTY_PATH, subject=place)
    finally:
        os.close(tree)


def overlay(place: str, lowers: Sequence[str], upper: str, work: str) -> None:
    """Show `lowers`, the newest first, at `place`; changes go to `upper`.

    Folders of the lower layers can be renamed (`redirect_dir`), their hard links stay links (`index`).
    """
    layers = f"lowerdir={':'.join(lowers)},upperdir={upper},workdir={work}"
    mount("overlay", place, "overlay", NOSUID | NODEV, f"{layers},redirect_dir=on,index=on,metacopy=off,xino=off")


def owner_map(pairs: Mapping[int, int]) -> int:
    """A user namespace that maps the owners (and groups) of files: on the file system -> seen there."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _libc.unshare(_NEW_USER_NAMESPACE)
        os.write(tell, b".")
        while True:
            os.read(os.pipe()[0], 1)  # to the end, which is near
    try:
        os.read(ready, 1)
        text = "".join(f"{inside} {outside} 1\n" for inside, outside in pairs.items())
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{child}/{name}", "w") as file:
                file.write(text)
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(tell)
