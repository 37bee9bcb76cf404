"""
item = "kernel memory"
tries = "a lock on every second byte of many files: each is an entry in a table of the kernel"
safe = "refused or not, they are gone with their processes, and the sandbox goes on"
ends = [137, 0]
"""

import fcntl
import os
import struct
import time

from trying import held

WANTED = 200_000
report, tell = os.pipe()


def lock(files: int) -> int:
    made = 0
    try:
        for number in range(files):
            file = os.open(f"lock{os.getpid()}-{number}", os.O_RDWR | os.O_CREAT)
            for at in range(4000, 0, -2):
                fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0))
                made += 1
    except OSError as error:
        print("held", "refused", error.strerror)
    return made


for _ in range(2):
    if os.fork() == 0:
        os.write(tell, lock(WANTED // 4000).to_bytes(8, "big"))
        time.sleep(60)
made = sum(int.from_bytes(os.read(report, 8), "big") for _ in range(2))
held("locks", made)
