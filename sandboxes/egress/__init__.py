from __future__ import annotations

from .base import Attempt, EgressLimits, Origin, Policy, Refused
from .proxy import Egress, open_egress
from .wheels import WHEELS, WheelFolder

__all__ = ["WHEELS", "Attempt", "Egress", "EgressLimits", "Origin", "Policy", "Refused", "WheelFolder", "open_egress"]
