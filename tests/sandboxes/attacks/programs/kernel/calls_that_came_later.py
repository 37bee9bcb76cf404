"""
item = "other system calls"
tries = "every number of a system call that this filter has not heard of"
safe = "there is no such call here"
"""

import ctypes
import errno

from trying import judge, libc

others = []
for number in [*range(463, 1000), 0xFFFF, 0x3FFFFFFF]:
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0)
    if ctypes.get_errno() != errno.ENOSYS:
        others.append((number, ctypes.get_errno()))
judge(not others, "answers", others[:5])
