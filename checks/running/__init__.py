"""Whether the built software runs: it is started in a fork of the sandbox, and asked over HTTP."""

from .base import App, startable
from .building import Builds, Site
from .serving import served
from .starts import Starts

__all__ = ["App", "Builds", "Site", "Starts", "served", "startable"]
