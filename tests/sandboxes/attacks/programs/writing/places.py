"""
item = "host files"
tries = "every folder of the file system, for a place to write"
safe = "the workspace, the home, /tmp and /dev/shm; /dev/pts holds what the kernel makes"
"""

import os

from trying import judge

found = []
for folder, folders, _ in os.walk("/"):
    if folder == "/":
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
    if os.access(folder, os.W_OK):
        found.append(folder)
expected = {"/dev/shm", os.environ["HOME"], "/tmp", "/workspace"}
judge(set(found) - {"/dev/pts", "/dev/mqueue"} == expected, "folders", sorted(set(found) ^ expected))
