"""The rules that look at arguments. Numbers are the kernel's own, from the headers named beside them."""

from __future__ import annotations

from typing import Final

from .base import Answer, Rule, Switch


def _allow(*values: int) -> dict[int, Rule]:
    return dict.fromkeys(values, Answer.ALLOW)


# linux/sched.h: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. `clone` cannot ask for NEWTIME.
_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
CLONE: Final = Switch(0, _allow(0), mask=_NAMESPACES)

# linux/socket.h, linux/net.h, linux/in.h, linux/netlink.h. An unusual family, type or protocol makes the kernel load a
# module on behalf of whoever asks; SCTP, DCCP and their like have a long record of holes.
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _DATAGRAM, _TYPE = 1, 2, 0xF
"""The last: the bits of the type that are no flags. A raw socket would need a capability."""
_ROUTE = 0
_ICMP, _TCP, _UDP, _ICMPV6 = 1, 6, 17, 58
_PROTOCOLS = Switch(2, _allow(0, _ICMP, _TCP, _UDP, _ICMPV6))
_INTERNET = Switch(1, {_STREAM: _PROTOCOLS, _DATAGRAM: _PROTOCOLS}, mask=_TYPE)
SOCKET: Final = Switch(
    0,
    {_UNIX: Answer.ALLOW, _INET: _INTERNET, _INET6: _INTERNET, _NETLINK: Switch(2, _allow(_ROUTE))},
    Answer.EAFNOSUPPORT,
)
SOCKETPAIR: Final = Switch(0, _allow(_UNIX))

# asm-generic/socket.h: SO_ATTACH_FILTER is 26, SO_ATTACH_BPF, _REUSEPORT_CBPF, _REUSEPORT_EBPF 50 to 52; linux/tcp.h:
# TCP_ULP is 31. By option first, since few have these numbers: those of the levels named here are ordinary.
_IP, _SOL_SOCKET, _SOL_TCP, _IPV6 = 0, 1, 6, 41
_NO_PROGRAM = Switch(1, _allow(_IP, _SOL_TCP, _IPV6))
_NO_LAYER = Switch(1, _allow(_IP, _SOL_SOCKET, _IPV6))
SETSOCKOPT: Final = Switch(2, {**dict.fromkeys((26, 50, 51, 52), _NO_PROGRAM), 31: _NO_LAYER}, Answer.ALLOW)

# asm-generic/ioctls.h, linux/sockios.h, linux/fs.h. What is left out there can type for another (TIOCSTI, TIOCLINUX),
# load a line discipline (TIOCSETD), or reach into the file systems that the host's files lie on.
_TERMINALS = (
    *range(0x5401, 0x5412),  # TCGETS to TIOCOUTQ: attributes, flow, process groups, the controlling terminal
    0x5413, 0x5414,  # TIOCGWINSZ, TIOCSWINSZ
    0x5415, 0x541B, 0x5420, 0x5422, 0x5424,  # TIOCMGET, FIONREAD, TIOCPKT, TIOCNOTTY, TIOCGETD
    0x5425, 0x5427, 0x5428, 0x5429,  # TCSBRKP, TIOCSBRK, TIOCCBRK, TIOCGSID
    0x802C542A, 0x402C542B, 0x402C542C, 0x402C542D,  # TCGETS2, TCSETS2, TCSETSW2, TCSETSF2
    0x80045430, 0x40045431, 0x80045438, 0x80045439, 0x5441,  # TIOCGPTN, TIOCSPTLCK, TIOCGPKT, TIOCGPTLCK, TIOCGPTPEER
)  # fmt: skip
_EVERY_FILE = (
    0x5421, 0x5450, 0x5451, 0x5452, 0x5460,  # FIONBIO, FIONCLEX, FIOCLEX, FIOASYNC, FIOQSIZE
    0x80086601,  # FS_IOC_GETFLAGS
)  # fmt: skip
_INTERFACES = (
    0x8904, 0x8905, 0x8906, 0x8907,  # SIOCGPGRP, SIOCATMARK, SIOCGSTAMP, SIOCGSTAMPNS
    0x8910, 0x8912, 0x8913, 0x8915, 0x8917,  # SIOCGIFNAME, SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFDSTADDR
    0x8919, 0x891B, 0x891D, 0x8921,  # SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMETRIC, SIOCGIFMTU
    0x8927, 0x8933, 0x8942,  # SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFTXQLEN
)  # fmt: skip
IOCTL: Final = Switch(1, _allow(*_TERMINALS, *_EVERY_FILE, *_INTERFACES))

# linux/prctl.h
PRCTL: Final = Switch(
    0,
    _allow(
        *(1, 2, 3, 4),  # PDEATHSIG, DUMPABLE
        *(7, 8, 13, 14),  # KEEPCAPS, TIMING
        *(15, 16, 21),  # NAME, GET_SECCOMP
        *(23, 25, 26, 27),  # CAPBSET_READ, TSC, GET_SECUREBITS
        *(29, 30, 33, 34),  # TIMERSLACK, MCE_KILL
        *(36, 37, 38, 39),  # CHILD_SUBREAPER, NO_NEW_PRIVS
        *(40, 41, 42, 47),  # GET_TID_ADDRESS, THP_DISABLE, CAP_AMBIENT
        *(50, 51, 52, 53),  # SVE vectors, SPECULATION_CTRL
        *(54, 55, 56, 60, 61),  # PAC keys, tagged addresses
        *(63, 64, 65, 66),  # SME vectors, MDWE
        0x53564D41,  # SET_VMA: names for memory
    ),
)

# linux/personality.h: PER_LINUX and PER_LINUX32 with and without UNAME26, ADDR_NO_RANDOMIZE (sanitizers), the query.
PERSONALITY: Final = Switch(0, _allow(0, 0x8, 0x20000, 0x20008, 0x40000, 0xFFFFFFFF))

# linux/stat.h: no type at all is a regular file.
_FILE_TYPE, _FIFO, _REGULAR, _SOCKET_FILE = 0xF000, 0x1000, 0x8000, 0xC000
_NODES = _allow(0, _FIFO, _REGULAR, _SOCKET_FILE)
MKNOD: Final = Switch(1, _NODES, mask=_FILE_TYPE)
MKNODAT: Final = Switch(2, _NODES, mask=_FILE_TYPE)

# The agent is process 1, and has the same uid: made idle, or bound to a busy processor, it could not answer any more.
# "Of itself" costs one entry of a container's profile, "of all but process 1" would cost 32 (OCI has no "unless").
OF_ITSELF: Final = Switch(0, _allow(0))
# linux/resource.h, linux/ioprio.h: PRIO_PROCESS is 0, IOPRIO_WHO_PROCESS 1; of itself, since "of a user" means all.
SETPRIORITY: Final = Switch(0, {0: Switch(1, _allow(0))})
IOPRIO_SET: Final = Switch(0, {1: Switch(1, _allow(0))})

# asm-generic/resource.h: RLIMIT_CORE is 4. Where core dumps are piped to a program of the machine's, a limit of 1 alone
# keeps the kernel from starting it as root; a sandbox has that limit, and must not choose 0, which does not (core(5)).
_CORE, _LIMITS = 4, 16
_OTHERS = _allow(*set(range(_LIMITS)) - {_CORE})
SETRLIMIT: Final = Switch(0, _OTHERS)
PRLIMIT64: Final = Switch(0, {0: Switch(1, {**_OTHERS, _CORE: Switch(2, _allow(0))})})
