"""
item = "another sandbox"
tries = "inotify on files that both see, which tells what the other opens"
safe = "nothing is heard"
cap = "own_files"
"""

import os

from trying import judge, libc, pause

watcher = libc.inotify_init1(0o4000)
libc.inotify_add_watch(watcher, b"/usr/share", 0xFFF)
heard = b""
for _ in range(60):
    pause(0.04)
    try:
        heard = os.read(watcher, 1 << 16)
    except BlockingIOError:
        continue
    break
judge(not heard, "events of another sandbox", len(heard))
