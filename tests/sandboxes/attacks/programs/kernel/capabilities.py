"""
item = "capabilities"
tries = "capabilities: capset, ambient ones, ones in files, secure bits, privileges of new programs, other ids"
safe = "refused"
"""

import ctypes
import os
import struct

from trying import held, judge, libc, refused, status, syscall

header = struct.pack("Ii", 0x20080522, 0)
refused("capset", syscall, "capset", header, struct.pack("6I", *[0xFFFFFFFF] * 6))
for number in range(41):
    if libc.prctl(47, 2, number, 0, 0) == 0:
        judge(False, f"ambient {number}")
refused("secure bits", syscall, "prctl", 28, 1, 0, 0, 0)
refused("new privileges again", syscall, "prctl", 39 - 1, 0, 0, 0, 0)
refused("where its code lies", syscall, "prctl", 35, 1, ctypes.addressof(ctypes.create_string_buffer(8)), 0, 0)
refused("its program", syscall, "prctl", 35, 13, os.open("/bin/true", os.O_RDONLY), 0, 0)
open("own", "w").close()
capable = struct.pack("<IIIII", 0x02000001, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0)
refused("capabilities of a file", os.setxattr, "own", "security.capability", capable)
for name, call in {"setuid": os.setuid, "setgid": os.setgid, "seteuid": os.seteuid}.items():
    for number in (0, 1, 1000, 65534):
        refused(f"{name} {number}", call, number)
refused("setgroups", os.setgroups, [0, 4, 27])
refused("chown", os.chown, "own", 0, 0)
judge(int(status()["CapEff"], 16) == 0, "afterwards", status()["CapEff"])
held("none")
