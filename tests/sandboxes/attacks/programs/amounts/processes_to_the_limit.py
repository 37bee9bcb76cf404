"""
item = "fork bomb"
tries = "as many processes as there can be"
safe = "exactly the limit, then EAGAIN"
"""

import os
import time

from trying import held, judge, outside

limit = outside()["limits"]["processes"]
made = 1
try:
    while made < 10 * limit:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        made += 1
except BlockingIOError as error:
    held("refused", error.strerror)
judge(made == limit, "the number that was promised", made)
