"""
item = "fork bomb"
tries = "children that die and are never collected"
safe = "they count, and are gone with their parent"
"""

import os

from trying import judge, outside

limit = outside()["limits"]["processes"]
made = 1
try:
    while made < 10 * limit:
        if os.fork() == 0:
            os._exit(0)
        made += 1
except BlockingIOError:
    pass
judge(made <= limit, "dead processes count", made)
