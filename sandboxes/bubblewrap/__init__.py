from .launcher import open_bubblewrap

__all__ = ["open_bubblewrap"]
