"""The outermost stage: starts `bwrap` in a process group of its own, and ends that group when the framework is gone.

Run as `python3 -I -S -c SOURCE DESCRIPTOR,DESCRIPTOR... CONTROL_GROUP COMMAND...`; the process group ends when a
descriptor is readable or hung up, or with its first process; then the control group (empty: none) and those below it,
which are empty by now, are taken away.

`--die-with-parent` is not enough: the child that `bwrap` makes waits for a word of its parent before it asks for that,
and waits for ever where the parent is killed just then. Until it is past that wait it is in the group; past it, nothing
blocks, and it finds its channel closed.
"""

from __future__ import annotations

import os
import resource
import select
import sys
import time

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


def limit_cores() -> None:
    """Have no core dumped: 0 would still start a program that they are piped to, as the machine's root (core(5))."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard:
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def stand_guard(watched: list[int], command: list[str]) -> None:
    """Start the command, wait, and end its process group."""
    for descriptor in watched:
        os.set_inheritable(descriptor, False)
    if poll_for(watched).poll(0):
        return
    limit_cores()
    first = os.posix_spawn(command[0], command, {}, setpgroup=0)
    watched.append(os.pidfd_open(first))
    close_all_but([2, *watched])
    poll_for(watched).poll()
    os.killpg(first, _KILL)  # before the first process is collected, which frees the group's number
    os.waitpid(first, 0)


def remove(group: str) -> None:
    """Take away a control group and those below it, as soon as the last of their processes is gone."""
    for _ in range(200):
        try:
            with os.scandir(group) as entries:
                for entry in entries:
                    if entry.is_dir():
                        os.rmdir(entry.path)
            os.rmdir(group)
        except OSError:
            if not os.path.exists(group):
                return  # the framework did it
            time.sleep(0.01)


def main() -> None:
    """Guard a command."""
    watched, group, command = [int(word) for word in sys.argv[1].split(",")], sys.argv[2], sys.argv[3:]
    try:
        stand_guard(watched, command)
    except OSError as error:
        os.write(2, f"{command[0]} could not be started ({error.strerror})\n".encode())
    if group:
        remove(group)
    os._exit(0)  # an orderly end of the interpreter takes longer than all else here


if __name__ == "__main__":
    main()
