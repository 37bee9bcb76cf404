"""
item = "another sandbox"
tries = "the processes of another sandbox, to see and to signal, by number, by user, by everybody"
safe = "it sees and reaches its own"
"""

import os
import signal

from trying import judge

seen = {int(name) for name in os.listdir("/proc") if name.isdigit()}
judge(seen == {1, os.getpid()}, "processes", seen)
for name in seen:
    judge(b"victim" not in open(f"/proc/{name}/cmdline", "rb").read(), f"the command line of {name}")
answers = []
for pid in range(2, 5000):
    if pid != os.getpid():
        try:
            os.kill(pid, signal.SIGKILL)
            answers.append(pid)
        except ProcessLookupError:
            pass
judge(not answers, "processes that got a signal", answers)
