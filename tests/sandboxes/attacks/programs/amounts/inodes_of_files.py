"""
item = "disk and inode fill"
tries = "a million empty files in the workspace"
safe = "the command is ended with the reason, or the file system is full of inodes"
ends = [137, 0]
says = "it made more than 2000 files in /workspace"
"""

from trying import broke, held

made = 0
try:
    while made < 1_000_000:
        open(f"f{made}", "w").close()
        made += 1
except OSError as error:
    held("no inode left", error.strerror)
else:
    broke("a million files")
