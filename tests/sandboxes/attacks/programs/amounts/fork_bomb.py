"""
item = "fork bomb"
tries = "every process forks for ever"
safe = "ends at its timeout or because of the limit on processes"
timeout = 1.0
ends = ["timeout", 137]
"""

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
