"""Line-ups become models; journal, budget and trace are wrappers around them."""

from .base import Call, Model, ModelError, ModelRefused, ModelUnreachable, NotRecorded, Reply, digest, text_of
from .budgeted import Budgeted
from .chat import ChatModel
from .journaled import Journaled, usage_of
from .masked import Masked
from .opening import check_lineup, open_chats
from .streaming import BrokenOff
from .traced import Traced
from .unrecorded import Unrecorded

__all__ = [
    "BrokenOff", "Budgeted", "Call", "ChatModel", "Journaled", "Masked", "Model", "ModelError", "ModelRefused",
    "ModelUnreachable", "NotRecorded", "Reply", "Traced", "Unrecorded", "check_lineup", "digest", "open_chats",
    "text_of", "usage_of",
]  # fmt: skip
