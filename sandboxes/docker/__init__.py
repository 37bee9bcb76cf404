from .engines import Engine, connect
from .images import IMAGE, find_image
from .launcher import Launcher, docker_launcher, open_docker
from .layers import layered_image
from .leftovers import OPENER_LABEL, RUN_LABEL, Left, listed, remove
from .toolchain import toolset_layer

__all__ = [
    "IMAGE",
    "OPENER_LABEL",
    "RUN_LABEL",
    "Engine",
    "Launcher",
    "Left",
    "connect",
    "docker_launcher",
    "find_image",
    "layered_image",
    "listed",
    "open_docker",
    "remove",
    "toolset_layer",
]
