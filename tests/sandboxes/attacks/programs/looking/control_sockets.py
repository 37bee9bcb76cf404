"""
item = "control sockets"
tries = "sockets and pipes of daemons anywhere: docker, containerd, systemd, D-Bus, X, agents of keys"
safe = "there is none"
"""

import os
import socket
import stat

from trying import judge, outside, refused

usual = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
         "/run/systemd/private", "/run/systemd/notify", "/run/dbus/system_bus_socket", "/run/crio/crio.sock",
         "/tmp/.X11-unix/X0", "/run/user/0/bus", "/dev/log", outside()["socket"])  # fmt: skip
for path in usual:
    refused(path, socket.socket(socket.AF_UNIX).connect, path)
found = []
folders = [f"/{name}" for name in os.listdir("/") if name != "proc"]
for folder in folders:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        continue
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry.path)
        elif not entry.is_symlink() and not entry.is_file():  # which the listing tells, without a look at each file
            mode = os.lstat(entry.path).st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                found.append(entry.path)
judge(found == [], "sockets and pipes", found)
judge("LISTEN_FDS" not in os.environ, "sockets handed down")
