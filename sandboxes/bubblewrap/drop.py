"""The stage between the two bubblewraps of a root user: give up root for good, then become the given command.

Run as `python3 -I -S -c SOURCE UID COMMAND...`. It refuses to go on where anything of root is left.
"""

from __future__ import annotations

import os
import sys


def capabilities() -> int:
    """The capabilities that this process could still use, as a bit set."""
    with open("/proc/self/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["CapEff"], 16) | int(fields["CapPrm"], 16) | int(fields["CapAmb"], 16)


def main() -> None:
    """Drop to the uid and gid of the first argument, check, and run the rest."""
    uid = int(sys.argv[1])
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid,) * 3 or os.getresgid() != (uid,) * 3 or os.getgroups() or capabilities():
        sys.exit("the sandbox could not give up root")
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
