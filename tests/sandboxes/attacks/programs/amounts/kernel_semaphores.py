"""
item = "kernel memory"
tries = "System V semaphores by the thousand: 64 bytes of the kernel's memory for each, which no process shows"
safe = "refused, or killed with the reason"
memory_mib = 64
ends = [137, 0]
"""

from trying import judge, outside, pause, syscall

limit = outside()["limits"]["memory_bytes"]
taken = 0
try:
    while taken <= limit:
        syscall("semget", 0, 32000, 0o1600)
        taken += 32000 * 64
except OSError as error:
    print("held", "refused", error.strerror)
pause(0.3)
judge(taken <= limit, "bytes in semaphores", taken)
