"""
item = "devices"
tries = "device nodes of its own: memory, the disk, loop, KVM, FUSE, TUN, input, a whiteout of overlay file systems"
safe = "refused; a node in a writable place would not open either"
"""

import os
import stat

from trying import judge, refused

nodes = {"mem": (1, 1), "kmsg": (1, 11), "vda": (254, 0), "sda": (8, 0), "loop0": (7, 0), "kvm": (10, 232),
         "fuse": (10, 229), "tun": (10, 200), "null": (1, 3), "whiteout": (0, 0)}  # fmt: skip
for name, (major, minor) in nodes.items():
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        refused(name, os.mknod, f"/tmp/{name}", kind | 0o666, os.makedev(major, minor))
for name in ("kvm", "fuse", "net/tun", "vhost-net", "vsock", "loop-control", "mapper/control", "userfaultfd", "mem",
             "port", "sda", "vda", "nvme0", "dri/card0", "snd/seq", "input/event0", "uinput", "hpet"):  # fmt: skip
    refused(f"/dev/{name}", os.open, f"/dev/{name}", os.O_RDONLY | os.O_NONBLOCK)
options = {line.split()[1]: line.split()[3].split(",") for line in open("/proc/self/mounts")}
for place in ("/workspace", "/tmp", "/dev/shm", os.environ["HOME"]):
    judge("nodev" in options[place], f"{place} has no devices")
