"""A program of the other sandbox. It holds out everything by which it might be seen or reached, and is no attack."""

import ctypes
import fcntl
import os
import socket
import struct
import time

from trying import libc, syscall

held = []
for name in ("\0slipway-victim", "/tmp/victim.socket", "/dev/shm/victim.socket", "/workspace/victim.socket"):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(name)
    listener.listen()
    held.append(listener)
held += [socket.create_server(("127.0.0.1", 45671)), socket.create_server(("::1", 45672), family=socket.AF_INET6)]
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 45673))
for place in ("/tmp", "/dev/shm", "/workspace", os.environ["HOME"]):
    with open(f"{place}/victim", "w") as file:
        file.write("victim")
os.mkfifo("/tmp/victim.pipe")
libc.shmat.restype = ctypes.c_void_p
at = libc.shmat(syscall("shmget", 0x511B, 4096, 0o1666), None, 0)
ctypes.memmove(at, b"victim", 6)
locked = []
for path in ("/usr/bin/env", "/etc/passwd", os.__file__):
    file = os.open(path, os.O_RDONLY)
    fcntl.flock(file, fcntl.LOCK_EX)
    fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0))
    locked.append(file)
print("ready", flush=True)
while True:
    os.stat("/usr/share")
    os.listdir("/usr/share")
    time.sleep(0.02)
