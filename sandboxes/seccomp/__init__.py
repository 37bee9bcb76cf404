from .bpf import seccomp_filter
from .oci import docker_profile

__all__ = ["docker_profile", "seccomp_filter"]
