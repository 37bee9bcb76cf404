"""What the checks said, in the formats that other programs read."""

from .junit import junit
from .sarif import sarif

__all__ = ["junit", "sarif"]
