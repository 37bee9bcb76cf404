"""Whether its pages work: each is opened in a real browser, in a sandbox of its own, and scenarios are clicked through.

The browser's sandbox holds nothing of the project, and the project's nothing of the browser: a bridge leads from a port
of the one to the service in the other. Both are hostile, and neither is believed more than its own words deserve.
"""

from .check import Browser, Keep, nowhere
from .scenarios import MISWRITTEN, SCENARIOS, is_scenario_file

__all__ = ["MISWRITTEN", "SCENARIOS", "Browser", "Keep", "is_scenario_file", "nowhere"]
