"""
item = "setsid and daemons past a timeout"
tries = "processes that watch each other and start whoever is missing"
safe = "all are ended at once"
"""

import os

from trying import held, pause


def watch() -> None:
    while True:
        if len([name for name in os.listdir("/proc") if name.isdigit()]) < 12:
            try:
                if os.fork() == 0:
                    os.setsid()
            except OSError:
                pass


if os.fork() == 0:
    watch()
pause(0.3)
held("they live")
