"""
item = "fork bomb"
tries = "as many threads as there can be"
safe = "threads count as processes do, and end at the limit"
"""

import threading
import time

from trying import judge, outside

limit = outside()["limits"]["processes"]
made = 0
try:
    while made < 10 * limit:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
judge(limit - 8 <= made <= limit, "as many threads as processes", made)
