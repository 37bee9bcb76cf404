"""
item = "fork bomb"
tries = "programs started one after the other as fast as vfork can, from many places at once"
safe = "ends at its timeout"
timeout = 1.0
ends = ["timeout"]
"""

import os

for _ in range(4):
    os.fork()
while True:
    try:
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    except OSError:
        pass
