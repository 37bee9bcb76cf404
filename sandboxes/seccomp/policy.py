"""The one definition of which system calls a sandbox may make: an allow-list, by name.

What is not allowed is refused in one of two ways. A call, or an argument, that would reach out of the sandbox or into
the kernel's inside is told EPERM: it exists and is not for you. A call that a program can do without, and every one
that came after this list, is told ENOSYS, as a kernel without it would say: libraries then fall back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import arguments as by
from .base import Answer, Group, Rule


def _group(rule: Rule, reason: str, names: str) -> Group:
    return Group(reason, rule, _words(names))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALLOWED = (
    _group(Answer.ALLOW, "reading and writing what is open", """
        read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range
        dup dup2 dup3 fcntl flock pipe pipe2 sendfile splice tee copy_file_range
        fsync fdatasync sync_file_range truncate ftruncate fallocate fadvise64 readahead
    """),
    _group(Answer.ALLOW, "files and folders; the mounts say which", """
        open openat openat2 creat stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2
        readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir
        rename renameat renameat2 link linkat unlink unlinkat symlink symlinkat
        chmod fchmod fchmodat chown fchown lchown fchownat umask utime utimes futimesat utimensat
        getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
        setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    """),
    _group(Answer.ALLOW, "memory of its own", """
        mmap munmap mprotect mremap brk madvise msync mincore mlock mlock2 munlock mlockall munlockall
        pkey_alloc pkey_free pkey_mprotect membarrier
        shmget shmat shmdt shmctl
    """),
    _group(Answer.ALLOW, "processes and threads", """
        fork vfork execve execveat exit exit_group wait4 waitid
        getpid gettid getppid getpgrp getpgid setpgid getsid setsid pidfd_open pidfd_send_signal
        set_tid_address set_robust_list futex futex_waitv rseq arch_prctl
        getrlimit getrusage times
    """),
    _group(Answer.ALLOW, "signals; the process namespace says to whom", """
        kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend
        rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack pause restart_syscall
    """),
    _group(Answer.ALLOW, "scheduling; without a capability only downwards", """
        sched_yield sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_get_priority_max
        sched_get_priority_min sched_rr_get_interval getpriority ioprio_get getcpu
    """),
    _group(Answer.ALLOW, "time and timers", """
        time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep alarm getitimer setitimer
        timer_create timer_settime timer_gettime timer_getoverrun timer_delete
        timerfd_create timerfd_settime timerfd_gettime
    """),
    _group(Answer.ALLOW, "waiting for events", """
        poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
        eventfd eventfd2 signalfd signalfd4 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
    """),
    _group(Answer.ALLOW, "talk over sockets that it could make", """
        bind listen accept accept4 connect getsockname getpeername getsockopt shutdown
        sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
    """),
    _group(Answer.ALLOW, "who and where it is; nothing can be gained, since it has no capability", """
        getuid geteuid getresuid setuid setreuid setresuid setfsuid
        getgid getegid getresgid setgid setregid setresgid setfsgid getgroups setgroups
        capget capset uname sysinfo getrandom
    """),
)  # fmt: skip

_BY_ARGUMENT = (
    _group(by.CLONE, "processes and threads, never a namespace", "clone"),
    _group(by.SOCKET, "sockets of the families, types and protocols that programs use", "socket"),
    _group(by.SOCKETPAIR, "pairs of sockets, of the one family that has them", "socketpair"),
    _group(by.SETSOCKOPT, "all but programs for the kernel to run, and layers under TCP", "setsockopt"),
    _group(by.IOCTL, "terminals, interfaces, and what holds for every file", "ioctl"),
    _group(by.PRCTL, "a thread's own settings, none that loads a program or opens it to others", "prctl"),
    _group(by.PERSONALITY, "the harmless ones", "personality"),
    _group(by.MKNOD, "no devices", "mknod"),
    _group(by.MKNODAT, "no devices", "mknodat"),
    _group(by.PRLIMIT64, "limits of its own; the agent has the same uid", "prlimit64"),
    _group(by.SETRLIMIT, "limits, but for core dumps", "setrlimit"),
    _group(
        by.OF_ITSELF,
        "scheduling of itself; the agent has the same uid",
        """
        sched_setaffinity sched_setattr sched_setparam sched_setscheduler
    """,
    ),
    _group(by.SETPRIORITY, "likewise", "setpriority"),
    _group(by.IOPRIO_SET, "likewise", "ioprio_set"),
)

_FORBIDDEN = (
    _group(Answer.EPERM, "mounts, roots and namespaces", """
        mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
    """),
    _group(Answer.EPERM, "other processes' inside", """
        ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd
    """),
    _group(Answer.EPERM, "programs for the kernel, its log, keys and counters", """
        bpf perf_event_open add_key request_key keyctl syslog lookup_dcookie modify_ldt iopl ioperm uselib
    """),
    _group(Answer.EPERM, "files past the mounts, by handle or by event", """
        open_by_handle_at name_to_handle_at fanotify_init fanotify_mark
    """),
    _group(Answer.EPERM, "the machine", """
        kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff reboot acct vhangup
        settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname quotactl quotactl_fd
    """),
    _group(Answer.EPERM, "flushing the host's disks: `sync` waits for all of them, `syncfs` for a mounted one", """
        sync syncfs
    """),
    _group(Answer.EPERM, "kernel memory that no limit of the sandbox counts", """
        msgget msgsnd msgrcv msgctl semget semop semtimedop semctl
    """),
)  # fmt: skip

_ABSENT = (
    _group(Answer.ENOSYS, "its flags lie in memory, out of a filter's sight; the C library falls back to `clone`", """
        clone3
    """),
    _group(Answer.ENOSYS, "the kernel's most attacked corners; event loops fall back to epoll", """
        io_uring_setup io_uring_enter io_uring_register userfaultfd vmsplice remap_file_pages
    """),
    _group(Answer.ENOSYS, "bytes that belong to no process and to no sized file system", """
        memfd_create memfd_secret
    """),
    _group(Answer.ENOSYS, "counts against limits of the whole machine (fs.aio-max-nr) or of the uid", """
        io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents
        mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    """),
    _group(Answer.ENOSYS, "where memory lies; libnuma takes ENOSYS for a machine of one node", """
        mbind get_mempolicy set_mempolicy set_mempolicy_home_node migrate_pages move_pages
    """),
    _group(Answer.ENOSYS, "sandboxes inside of this one: a filter's program is run by the kernel, too", """
        seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
    """),
    _group(Answer.ENOSYS, "of no use to a program, or long gone from every kernel", """
        get_robust_list sysfs ustat nfsservctl _sysctl set_thread_area get_thread_area
        create_module get_kernel_syms query_module getpmsg putpmsg afs_syscall tuxcall security vserver
        epoll_ctl_old epoll_wait_old
    """),
)  # fmt: skip

POLICY: Final = (*_ALLOWED, *_BY_ARGUMENT, *_FORBIDDEN, *_ABSENT)
NEWER: Final = _words("""
    cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount lsm_get_self_attr
    lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat removexattrat open_tree_attr
    file_getattr file_setattr
""")
"""Calls after `calls.NEWEST`, for runtimes that know their names. Like every later one they answer ENOSYS."""


def rules(numbers: Mapping[str, int]) -> dict[str, Rule]:
    """The rule of every call that `numbers` has; KeyError for one that this policy forgot."""
    named = {name: group.rule for group in POLICY for name in group.names}
    return {name: named[name] for name in numbers}
