"""
item = "ptrace and kill of the agent"
tries = "signals that the kernel sends for it: SIGKILL as the signal of a descriptor that PID 1 owns"
safe = "the agent goes on"
"""

import fcntl
import os
import signal
import socket

from trying import held, pause

F_SETSIG, F_SETOWN_EX = 10, 15
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV, signal.SIGIO, 0):
    one, other = socket.socketpair()
    for owner in (1, -1):
        try:
            fcntl.fcntl(one, F_SETSIG, number)
            fcntl.fcntl(one, fcntl.F_SETOWN, owner)
            fcntl.fcntl(one, F_SETOWN_EX, b"\1\0\0\0\1\0\0\0")
            fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        except OSError as error:
            held("refused", error.strerror)
        other.send(b"x")
pause(0.1)
held("none of them came")
