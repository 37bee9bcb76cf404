"""
item = "other system calls"
tries = "the same calls by the 32-bit and the x32 table, whose numbers mean others"
safe = "the process is killed"
"""

import ctypes
import mmap
import platform
import signal

from trying import ended, held, judge, libc

if platform.machine() != "x86_64":
    held("this processor has one table")
else:
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
    at = ctypes.addressof(ctypes.c_char.from_buffer(code))
    judge(ended(lambda: ctypes.CFUNCTYPE(ctypes.c_int)(at)()) == -signal.SIGSYS, "int 0x80")
    for number in (39, 101, 165, 272, 520, 545):
        status = ended(lambda number=number: libc.syscall(ctypes.c_long(0x40000000 | number), 0, 0, 0, 0))
        judge(status == -signal.SIGSYS, f"x32 {number}", status)
