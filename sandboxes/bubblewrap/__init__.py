from .keepers import close_keepers
from .launcher import Launcher, bubblewrap_launcher, open_bubblewrap

__all__ = ["Launcher", "bubblewrap_launcher", "close_keepers", "open_bubblewrap"]
