"""
item = "ptrace and kill of the agent"
tries = "signals to PID 1 as fast as eight processes can send them"
safe = "the command ends at its timeout"
timeout = 1.0
ends = ["timeout"]
"""

import os
import signal

for _ in range(3):
    os.fork()
numbers = [signal.SIGCHLD, signal.SIGCONT, signal.SIGUSR1, signal.SIGRTMAX, signal.SIGSEGV]
while True:
    for number in numbers:
        try:
            os.kill(1, number)
        except OSError:
            pass
