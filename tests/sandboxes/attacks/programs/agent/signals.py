"""
item = "ptrace and kill of the agent"
tries = "every signal to PID 1, by kill, tkill, tgkill, with a value, by pidfd, to its group, to everybody"
safe = "the agent goes on; the last one kills the command itself"
ends = [137]
"""

import ctypes
import os
import signal

from trying import held, syscall

agent = syscall("pidfd_open", 1, 0)
value = (ctypes.c_int * 32)(0, 0, -1)
for number in signal.valid_signals():
    value[0] = number
    for call in (
        lambda number=number: os.kill(1, number),
        lambda number=number: os.killpg(1, number),
        lambda number=number: syscall("tkill", 1, number),
        lambda number=number: syscall("tgkill", 1, 1, number),
        lambda number=number: syscall("rt_sigqueueinfo", 1, number, ctypes.addressof(value)),
        lambda number=number: syscall("rt_tgsigqueueinfo", 1, 1, number, ctypes.addressof(value)),
        lambda number=number: syscall("pidfd_send_signal", agent, number, 0, 0),
        lambda number=number: syscall("pidfd_send_signal", agent, number, ctypes.addressof(value), 0),
    ):
        try:
            call()
        except OSError:
            pass
held("all were sent")
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)  # all but itself
    os._exit(0)
os.wait()
