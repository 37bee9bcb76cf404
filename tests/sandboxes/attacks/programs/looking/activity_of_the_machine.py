"""
item = "host processes"
tries = "inotify on folders that are the machine's own, which tells what its processes open there"
safe = "nothing is heard of them"
cap = "own_files"
"""

import os

from trying import judge, libc, pause

watcher = libc.inotify_init1(0o4000)
for folder in ("/usr/bin", "/usr/lib", "/usr/share", "/bin", "/lib", "/etc/ssl/certs"):
    libc.inotify_add_watch(watcher, folder.encode(), 0xFFF)
heard = b""
for _ in range(60):
    pause(0.04)
    try:
        heard = os.read(watcher, 1 << 16)
    except BlockingIOError:
        continue
    break
names = {word for word in heard.replace(b"\0", b" ").split() if len(word) > 4}
judge(not heard, "what was opened there", sorted(names)[:5])
