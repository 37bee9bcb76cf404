"""
item = "disk and inode fill"
tries = "a million empty files in /tmp, in 50 folders, by four processes"
safe = "the command is ended with the reason, or the file system is full of inodes"
ends = [137, 0]
says = "files in /tmp"
"""

import os

from trying import broke, held

for number in range(50):
    os.mkdir(f"/tmp/{number}")
os.fork()
os.fork()
made = 0
try:
    while made < 250_000:
        open(f"/tmp/{made % 50}/{os.getpid()}-{made}", "w").close()
        made += 1
except OSError as error:
    held("no inode left", error.strerror)
else:
    broke("a million files")
