"""The policy itself. A call that nobody thought of must not be allowed, and none may be decided in two ways."""

from __future__ import annotations

from collections import Counter

import pytest

from slipway.sandboxes.seccomp.base import Answer, Switch
from slipway.sandboxes.seccomp.calls import NUMBERS
from slipway.sandboxes.seccomp.policy import NEWER, POLICY, rules

EVERY = set().union(*NUMBERS.values())
DANGEROUS = """
    mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
    ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd bpf perf_event_open add_key request_key keyctl syslog
    open_by_handle_at name_to_handle_at fanotify_init kexec_load init_module finit_module delete_module swapon reboot
    acct settimeofday clock_settime sethostname quotactl msgget semget sync
"""
LACKING = """
    clone3 io_uring_setup io_uring_enter io_uring_register userfaultfd memfd_create memfd_secret io_setup mq_open
    vmsplice seccomp
"""


def test_every_call_is_decided_once() -> None:
    counted = Counter(name for group in POLICY for name in group.names)
    assert counted == Counter(EVERY)
    assert not NEWER & EVERY


def test_every_group_tells_why() -> None:
    assert all(group.reason and group.names for group in POLICY)


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_what_must_never_be_allowed(machine: str) -> None:
    """The brief for attackers, by name: a change to the lists that lets one of these through is a mistake."""
    decided = rules(NUMBERS[machine])
    assert {name: decided[name] for name in DANGEROUS.split()} == dict.fromkeys(DANGEROUS.split(), Answer.EPERM)
    assert {name: decided[name] for name in LACKING.split()} == dict.fromkeys(LACKING.split(), Answer.ENOSYS)


def test_a_rule_never_looks_at_an_argument_twice() -> None:
    """An OCI profile could not say it, and would be refused by some runtimes and misread by others."""

    def walk(rule: Answer | Switch, seen: tuple[int, ...]) -> None:
        if isinstance(rule, Switch):
            assert rule.argument not in seen
            assert all(value & ~rule.mask == 0 for value in rule.cases), "a case that the mask hides"
            for inner in rule.cases.values():
                walk(inner, (*seen, rule.argument))

    for group in POLICY:
        walk(group.rule, ())
