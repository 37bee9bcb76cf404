"""
item = "fork bomb"
tries = "600 processes that lose their parent and die: PID 1 has to collect them"
safe = "PID 1 collects them while the command runs, or the next one could not start"
"""

import os
import time

from trying import held

done = 0
while done < 600:
    try:
        middle = os.fork()
    except BlockingIOError:
        time.sleep(0.01)
        continue
    if middle == 0:
        try:
            os.fork()
        except OSError:
            pass
        os._exit(0)
    os.waitpid(middle, 0)
    done += 1
held("all were collected", done)
