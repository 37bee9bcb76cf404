"""
item = "disk and inode fill"
tries = "folders, hard links, symbolic links, pipes and sockets instead of files"
safe = "each takes an inode, with the same end"
ends = [137, 0]
"""

import itertools
import os
import socket

from trying import broke, held

makers = {
    "folder": os.mkdir,
    "hard link": lambda name: os.link("attack.py", name),
    "link": lambda name: os.symlink("x" * 200, name),
    "pipe": os.mkfifo,
    "socket": lambda name: socket.socket(socket.AF_UNIX).bind(name),
}
for number, (kind, make) in zip(range(500_000), itertools.cycle(makers.items()), strict=False):
    try:
        make(f"/tmp/{number}")
    except OSError as error:
        held(kind, error.strerror)
        break
else:
    broke("half a million")
