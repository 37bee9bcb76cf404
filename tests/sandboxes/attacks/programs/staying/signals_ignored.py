"""
item = "ignored signals"
tries = "every signal ignored, blocked or handled, in a process and in its children"
safe = "ended all the same"
timeout = 0.7
ends = ["timeout"]
"""

import os
import signal
import time

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    signal.signal(number, signal.SIG_IGN if number % 2 else lambda *_: None)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for _ in range(4):
    os.fork()
while True:
    time.sleep(1)
