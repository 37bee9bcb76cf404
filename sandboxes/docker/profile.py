"""What a sandbox's container may do, in the words of the Engine API (1.41, "ContainerCreate"), in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import WORKSPACE, Limits
from ..profile import HOME, HOME_BYTES, SHM_BYTES, SMALL_FILES, TMP_BYTES, UID

_AGENT_BYTES = 192 << 20
"""For the agent itself, which moves frames of 64 MiB."""
_HIDDEN = (
    # The Engine's own list, which names what each version of it knew; and what tells of the machine.
    "/proc/acpi", "/proc/asound", "/proc/cmdline", "/proc/config.gz", "/proc/interrupts", "/proc/iomem",
    "/proc/locks",
    "/proc/ioports", "/proc/kallsyms", "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/latency_stats",
    "/proc/modules", "/proc/partitions", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
    "/sys",
)  # fmt: skip
_READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
LOOPBACK_V6 = {"net.ipv6.conf.lo.disable_ipv6": "0"}
"""Lets programs listen on ::1; the Engine switches IPv6 off where a container has no network."""


def memory_bytes(limits: Limits) -> int:
    """What the kernel lets the whole container have: its processes, the agent, and its files, which are in memory.

    More than `limits.memory_bytes` by all of the latter, so that the agent's watchdog is first: it ends the command and
    says why, where the kernel would end whatever is largest and say nothing.
    """
    files = limits.workspace_bytes + TMP_BYTES + HOME_BYTES + SHM_BYTES
    return limits.memory_bytes + files + _AGENT_BYTES


def container(
    image: str,
    command: Sequence[str],
    limits: Limits,
    *,
    seccomp: str | None,
    runtime: str | None,
    labels: Mapping[str, str],
    sysctls: Mapping[str, str],
) -> dict[str, Any]:
    """A container that runs `command` as its PID 1, with nothing of the machine's and no way out.

    `seccomp` is a profile as JSON, None for the Engine's own; never none at all.
    """
    return {
        "Image": image,
        "Entrypoint": [command[0]],
        "Cmd": list(command[1:]),
        "Env": ["LANG=C.UTF-8"],
        "User": f"{UID}:{UID}",
        "WorkingDir": WORKSPACE,
        "Hostname": "sandbox",
        "Labels": dict(labels),
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": False,
        "Healthcheck": {"Test": ["NONE"]},
        "StopTimeout": 1,
        "HostConfig": _host(limits, seccomp, runtime, sysctls),
    }


def _host(limits: Limits, seccomp: str | None, runtime: str | None, sysctls: Mapping[str, str]) -> dict[str, Any]:
    memory = memory_bytes(limits)
    return {
        "AutoRemove": True,
        "Init": False,  # an Engine may be set to put a PID 1 of its own before the agent
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapAdd": [],
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges", *([f"seccomp={seccomp}"] if seccomp is not None else [])],
        "NetworkMode": "none",
        "IpcMode": "private",
        "CgroupnsMode": "private",
        "Dns": ["127.0.0.1"],  # else the machine's resolv.conf, with the names of its networks
        "DnsSearch": ["."],
        "Sysctls": dict(sysctls),
        "Memory": memory,
        "MemorySwap": memory,  # memory and swap together: no swap
        "PidsLimit": limits.processes + 1,  # the agent is one
        "NanoCpus": round(limits.cpus * 10**9),
        "Ulimits": [_ulimit(*pair) for pair in _ulimits(limits).items()],
        "Tmpfs": _file_systems(limits),
        "MaskedPaths": list(_HIDDEN),
        "ReadonlyPaths": list(_READ_ONLY),
        "LogConfig": {"Type": "none"},
        "RestartPolicy": {"Name": "no"},
        **({"Runtime": runtime} if runtime is not None else {}),
    }


def _ulimits(limits: Limits) -> dict[str, int]:
    return {"core": 1, "nofile": limits.open_files, "memlock": 0, "msgqueue": 0, "fsize": limits.file_bytes}


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}


def _file_systems(limits: Limits) -> dict[str, str]:
    """Everything that can be written, each with a size and a number of files."""
    owned = f"uid={UID},gid={UID}"
    writable = "rw,exec,nosuid,nodev"
    return {
        WORKSPACE: f"{writable},size={limits.workspace_bytes},nr_inodes={limits.workspace_files},mode=0750,{owned}",
        "/tmp": f"{writable},size={TMP_BYTES},nr_inodes={SMALL_FILES},mode=1777",
        HOME: f"{writable},size={HOME_BYTES},nr_inodes={SMALL_FILES},mode=0700,{owned}",
        "/dev/shm": f"rw,noexec,nosuid,nodev,size={SHM_BYTES},nr_inodes={SMALL_FILES},mode=1777",
        "/dev/mqueue": "ro,noexec,nosuid,nodev,size=4096,nr_inodes=2,mode=0555",
    }
