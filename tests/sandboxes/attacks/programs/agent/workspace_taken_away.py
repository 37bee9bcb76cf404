"""
item = "ptrace and kill of the agent"
tries = "the workspace itself: removed, renamed, closed to everybody, emptied, exchanged for a link"
safe = "it is a mount; afterwards files are read and written as before"
"""

import os
import shutil

from trying import held, refused

for entry in os.scandir("."):
    if entry.name != "trying.py":
        shutil.rmtree(entry) if entry.is_dir() else os.unlink(entry)
refused("removed", os.rmdir, "/workspace")
refused("renamed", os.rename, "/workspace", "/tmp/workspace")
refused("exchanged", os.rename, "/tmp", "/workspace")
refused("a link in its place", os.symlink, "/tmp", "/workspace")
os.unlink("trying.py")
os.chmod("/workspace", 0)
held("closed")
