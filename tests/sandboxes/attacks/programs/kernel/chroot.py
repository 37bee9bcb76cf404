"""
item = "chroot"
tries = "a root of its own, and the old way out of one; the roots of other processes"
safe = "refused"
"""

import os

from trying import judge, refused, syscall

os.makedirs("/tmp/root/below")
refused("chroot", syscall, "chroot", b"/tmp/root")
refused("chroot to itself", syscall, "chroot", b".")
for name in ("root", "cwd", "exe"):
    refused(f"/proc/1/{name}", os.readlink, f"/proc/1/{name}")
    refused(f"below /proc/1/{name}", os.listdir, f"/proc/1/{name}/")
up = os.open("/", os.O_RDONLY)
for _ in range(50):
    up = os.open("..", os.O_RDONLY, dir_fd=up)
judge(os.path.samestat(os.fstat(up), os.stat("/")), "nothing is above the root")
judge(os.path.realpath("/" + "../" * 50) == "/", "by name neither")
