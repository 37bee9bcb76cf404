"""Line-ups become models; journal, budget and trace are wrappers around them."""

from .base import Call, Model, ModelError, ModelRefused, ModelUnreachable, Reply, digest, text_of
from .budgeted import Budgeted
from .chat import ChatModel
from .journaled import Journaled, usage_of
from .opening import check_lineup, open_chats
from .traced import Traced

__all__ = [
    "Budgeted", "Call", "ChatModel", "Journaled", "Model", "ModelError", "ModelRefused", "ModelUnreachable", "Reply",
    "Traced", "check_lineup", "digest", "open_chats", "text_of", "usage_of",
]  # fmt: skip
