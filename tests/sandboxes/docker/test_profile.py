"""The whole profile, as it goes over the wire: a line that goes missing shows here and nowhere else."""

from __future__ import annotations

from slipway.sandboxes import Limits
from slipway.sandboxes.docker.profile import LOOPBACK_V6, container

LIMITS = Limits(workspace_bytes=512 << 20, workspace_files=100_000)


def test_the_profile() -> None:
    made = container(
        "sha256:1",
        ("python3", "-c", "x"),
        LIMITS,
        seccomp="{}",
        runtime="runsc",
        labels={"a": "b"},
        sysctls=LOOPBACK_V6,
    )
    host = made.pop("HostConfig")
    masked = host.pop("MaskedPaths")
    assert made == {
        "Image": "sha256:1", "Entrypoint": ["python3"], "Cmd": ["-c", "x"], "Env": ["LANG=C.UTF-8"],
        "User": "10001:10001", "WorkingDir": "/workspace", "Hostname": "sandbox", "Labels": {"a": "b"},
        "OpenStdin": True, "StdinOnce": True, "AttachStdin": True, "AttachStdout": True, "AttachStderr": True,
        "Tty": False, "Healthcheck": {"Test": ["NONE"]}, "StopTimeout": 1,
    }  # fmt: skip
    memory = (1024 + 512 + 128 + 64 + 64 + 192) << 20
    assert host == {
        "AutoRemove": True, "Init": False, "ReadonlyRootfs": True, "Privileged": False, "CapAdd": [],
        "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges", "seccomp={}"], "NetworkMode": "none",
        "IpcMode": "private", "CgroupnsMode": "private", "Dns": ["127.0.0.1"], "DnsSearch": ["."],
        "Sysctls": {"net.ipv6.conf.lo.disable_ipv6": "0"},
        "Memory": memory, "MemorySwap": memory, "PidsLimit": 257, "NanoCpus": 10**9,
        "Ulimits": [
            {"Name": "core", "Soft": 1, "Hard": 1}, {"Name": "nofile", "Soft": 4096, "Hard": 4096},
            {"Name": "memlock", "Soft": 0, "Hard": 0}, {"Name": "msgqueue", "Soft": 0, "Hard": 0},
            {"Name": "fsize", "Soft": 1 << 30, "Hard": 1 << 30},
        ],
        "Tmpfs": {
            "/workspace": "rw,exec,nosuid,nodev,size=536870912,nr_inodes=100000,mode=0750,uid=10001,gid=10001",
            "/tmp": "rw,exec,nosuid,nodev,size=134217728,nr_inodes=10000,mode=1777",
            "/home/slipway": "rw,exec,nosuid,nodev,size=67108864,nr_inodes=10000,mode=0700,uid=10001,gid=10001",
            "/dev/shm": "rw,noexec,nosuid,nodev,size=67108864,nr_inodes=10000,mode=1777",
            "/dev/mqueue": "ro,noexec,nosuid,nodev,size=4096,nr_inodes=2,mode=0555",
        },
        "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        "LogConfig": {"Type": "none"}, "RestartPolicy": {"Name": "no"}, "Runtime": "runsc",
    }  # fmt: skip
    # The Engine's own list, which would no longer be applied, is in ours.
    assert {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi"} <= set(masked)
    assert {"/sys", "/proc/cmdline", "/proc/interrupts"} <= set(masked)


def test_what_is_not_chosen_is_left_to_the_engine_but_never_off() -> None:
    host = container("i", ("python3",), LIMITS, seccomp=None, runtime=None, labels={}, sysctls={})["HostConfig"]
    assert (host["SecurityOpt"], "Runtime" in host, host["Sysctls"]) == (["no-new-privileges"], False, {})
