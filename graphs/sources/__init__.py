"""What a person's directory or git repository holds, read (and added to) without running anything that it names."""

from .repositories import Repository, open_repository
from .walking import Source, read_source

__all__ = ["Repository", "Source", "open_repository", "read_source"]
