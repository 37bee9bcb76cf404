"""The outermost stage: starts `bwrap` in a process group of its own, and ends that group when the framework is gone.

Run as `python3 -I -S -c SOURCE DESCRIPTOR,DESCRIPTOR... COMMAND...`; the group ends when a descriptor is readable or
hung up, or with its first process. `--die-with-parent` is not enough: the child that `bwrap` makes waits for a word of
its parent before it asks for that, and waits for ever where the parent is killed just then. Until it is past that wait
it is in the group; past it, nothing blocks, and it finds its channel closed.
"""

from __future__ import annotations

import os
import select
import sys

_KILL = 9
"""SIGKILL; to import `signal` takes as long as the rest of this program."""


def poll_for(descriptors: list[int]) -> select.poll:
    """What waits for the first of `descriptors`."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return waiting


def close_all_but(kept: list[int]) -> None:
    """Close what was handed down for the command: a copy here would keep its pipes open."""
    with os.scandir("/proc/self/fd") as entries:
        descriptors = {int(entry.name) for entry in entries}
    for descriptor in descriptors.difference(kept):
        os.closerange(descriptor, descriptor + 1)  # no error for the listing's own, which is closed by now


def main() -> None:
    """Start the command, wait, and end its group."""
    watched, command = [int(word) for word in sys.argv[1].split(",")], sys.argv[2:]
    for descriptor in watched:
        os.set_inheritable(descriptor, False)
    if poll_for(watched).poll(0):
        return
    try:
        first = os.posix_spawn(command[0], command, {}, setpgroup=0)
    except OSError as error:
        sys.exit(f"{command[0]} could not be started ({error.strerror})")
    watched.append(os.pidfd_open(first))
    close_all_but([2, *watched])
    poll_for(watched).poll()
    os.killpg(first, _KILL)  # before the first process is collected, which frees the group's number
    os.waitpid(first, 0)
    os._exit(0)  # an orderly end of the interpreter takes longer than all else here


if __name__ == "__main__":
    main()
