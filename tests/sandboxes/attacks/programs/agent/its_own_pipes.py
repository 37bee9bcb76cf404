"""
item = "forged frames"
tries = "its streams turned against the agent: as small as can be, asynchronous, with an owner, read from"
safe = "the output arrives"
"""

import fcntl
import os

from trying import held

for descriptor in range(3):
    for command, argument in ((1031, 4096), (1031, 1 << 20), (fcntl.F_SETOWN, 1), (10, 9)):
        try:
            fcntl.fcntl(descriptor, command, argument)
        except OSError:
            pass
for descriptor in (1, 2):
    fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK | os.O_APPEND)
    stolen = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_NONBLOCK)
    os.write(descriptor, b"x")
    try:
        os.read(stolen, 1)
    except OSError:
        pass
    os.close(stolen)
fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND)
held("it arrives")
