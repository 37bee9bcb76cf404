"""
item = "memory bombs"
tries = "the first thread of a process ends, the others take memory: /proc/PID shows a zombie without any"
safe = "killed, with the reason"
ends = [137]
says = "of memory"
"""

import os
import threading
import time

from trying import broke, outside, pause, syscall

size = outside()["limits"]["memory_bytes"] * 4 // 5
report, tell = os.pipe()


def take() -> None:
    time.sleep(0.2)
    held = bytearray(b"x" * (1 << 20)) * (size >> 20)
    os.write(tell, b".")
    time.sleep(60)
    del held


for _ in range(2):
    if os.fork() == 0:
        threading.Thread(target=take).start()
        syscall("exit", 0)
done = 0
while done < 2:
    done += len(os.read(report, 2))
pause(0.5)
broke("twice so many bytes in processes whose leaders are dead", size)
