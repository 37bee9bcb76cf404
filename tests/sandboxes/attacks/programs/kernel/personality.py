"""
item = "other system calls"
tries = "personalities that weaken what the kernel does: readable memory is code, page 0 can be mapped, old addresses"
safe = "refused"
"""

import mmap

from trying import held, judge, refused, syscall

READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, NO_RANDOMIZE, COMPAT_LAYOUT, SHORT_INODE = (
    0x400000,
    0x100000,
    0x40000,
    0x200000,
    0x1000000,
)
for flag in (READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, COMPAT_LAYOUT, SHORT_INODE, READ_IMPLIES_EXEC | NO_RANDOMIZE, 0x20, 6):
    refused(f"{flag:#x}", syscall, "personality", flag)
judge(syscall("personality", 0xFFFFFFFF) & 0x1500000 == 0, "what it has", hex(syscall("personality", 0xFFFFFFFF)))
fixed = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10
held("the page at 0", fixed)
