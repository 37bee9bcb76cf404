"""
item = "kernel memory"
tries = "eventfd, timerfd, epoll, inotify and sockets: as many as each process may have, in as many as there can be"
safe = "bounded by the limits on files and processes; the next command gets its own"
"""

import os
import select
import socket
import time

from trying import judge, libc, outside

limits = outside()["limits"]
makers = {
    "eventfd": lambda: os.eventfd(0),
    "timerfd": lambda: libc.timerfd_create(1, 0),
    "epoll": lambda: os.dup(select.epoll().fileno()),
    "inotify": libc.inotify_init,
    "socket": lambda: socket.socket(socket.AF_UNIX).detach(),
}
report, tell = os.pipe()
for name, make in makers.items():
    if os.fork() == 0:
        made = 0
        try:
            while made < 2 * limits["open_files"] and make() >= 0:
                made += 1
        except OSError:
            pass
        os.write(tell, f"{name} {made}\n".encode())
        time.sleep(60)
lines = ""
while lines.count("\n") < len(makers):
    lines += os.read(report, 4096).decode()
for line in lines.splitlines():
    name, made = line.split()
    judge(int(made) < limits["open_files"], f"as many {name} as there can be", made)
