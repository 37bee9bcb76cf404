"""What a role's call of a model passes on its way, outermost first.

Masked      without the secrets that are known
Journaled   answered before: from the record
Fallback    the role's model, else those that stand in for it; each of them is
  Retried     asked again where it gives no answer,
  Guarded     not asked while it keeps failing,
  Limited     asked when its provider's limits let it,
  Budgeted    paid for,
  InFlight    noted while it is under way,
  Traced      a span,
  Masked      and its answer, too, without secrets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from ..agents import Emit
from ..config import Role, Secrets, Settings
from ..models import (
    Budgeted,
    ChatModel,
    Fallback,
    Guarded,
    InFlight,
    Journaled,
    Limited,
    Masked,
    Model,
    Retried,
    Traced,
    Unrecorded,
)
from ..state import Budget, Journal, RunRecord
from ..state.circuits import Circuit
from ..state.rates import Rates
from ..telemetry import Tracer


@dataclass(frozen=True)
class Asking:
    """What the models of a run share."""

    redis: Redis
    record: RunRecord
    settings: Settings
    journal: Journal
    budget: Budget
    tracer: Tracer
    emit: Emit
    secrets: Secrets

    def model(self, role: Role, chats: Mapping[Role, Sequence[ChatModel]]) -> Model:
        """The model of `role`, with all that stands around it."""
        name = self.record.lineup.roles[role].model
        if role in chats:
            inner: Model = Fallback([self._asked(chat, name) for chat in chats[role]], self.tracer)
        else:
            assert self.record.origin is not None, "only a replay does without a model"
            inner = Unrecorded(role, name, self.record.origin.run)
        return Masked(Journaled(inner, self.journal, self.tracer), self.secrets)

    def _asked(self, chat: ChatModel, asked_as: str) -> Model:
        config, settings = chat.config, self.settings
        model: Model = InFlight(Traced(Masked(chat, self.secrets), self.tracer), self.journal, asked_as)
        model = Budgeted(model, config, self.budget)
        limits = settings.providers.of(config.model)
        if limits.limits:
            rates = Rates(self.redis, config.model.partition(":")[0], config.base_url, limits)
            model = Limited(model, config, rates, self.tracer, self.emit)
        circuit = Circuit(self.redis, config.model, config.base_url, settings.circuit)
        model = Guarded(model, circuit, patience=settings.retries.seconds)
        return Retried(model, settings.retries, self.tracer, self.emit)
