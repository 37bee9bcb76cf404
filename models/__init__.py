"""Line-ups become models; what is added to every call of one is a wrapper around it."""

from .base import (
    Call,
    CircuitOpen,
    Model,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelUnreachable,
    NotRecorded,
    Reply,
    digest,
    text_of,
)
from .budgeted import Budgeted
from .chat import ChatModel
from .fallback import Fallback
from .guarded import Guarded
from .journaled import InFlight, Journaled, usage_of
from .limited import Limited
from .masked import Masked
from .opening import check_lineup, open_chats
from .retried import Retried
from .streaming import BrokenOff
from .traced import Traced
from .unrecorded import Unrecorded

__all__ = [
    "BrokenOff", "Budgeted", "Call", "ChatModel", "CircuitOpen", "Fallback", "Guarded", "InFlight", "Journaled",
    "Limited", "Masked", "Model", "ModelBusy", "ModelError", "ModelRefused", "ModelUnreachable", "NotRecorded", "Reply",
    "Retried", "Traced", "Unrecorded", "check_lineup", "digest", "open_chats", "text_of", "usage_of",
]  # fmt: skip
