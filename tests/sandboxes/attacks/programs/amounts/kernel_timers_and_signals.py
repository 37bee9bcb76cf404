"""
item = "kernel memory"
tries = "POSIX timers and queued signals without end"
safe = "refused at a limit of the kernel that is set"
"""

import ctypes
import errno
import os
import resource
import signal

from trying import judge, syscall

limit = resource.getrlimit(resource.RLIMIT_SIGPENDING)[1]
timer = ctypes.c_int()
made = 0
try:
    while made <= limit:
        syscall("timer_create", 1, 0, ctypes.addressof(timer))
        made += 1
except OSError as error:
    judge(error.errno == errno.EAGAIN, "timers", made)
else:
    judge(False, "timers", made)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
siginfo = (ctypes.c_int * 32)(signal.SIGRTMIN, 0, -1)
queued = 0
try:
    while queued <= limit:
        syscall("rt_sigqueueinfo", os.getpid(), signal.SIGRTMIN, ctypes.addressof(siginfo))
        queued += 1
except OSError as error:
    judge(error.errno == errno.EAGAIN, "signals", queued)
else:
    judge(False, "signals", queued)
