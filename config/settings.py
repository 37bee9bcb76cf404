from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RedisSettings(_Section):
    """Where the state lives."""

    url: str | None
    """None: a server that Slipway starts for this user."""


class FolderSettings(_Section):
    """Where files live; resolved to absolute paths by the loader."""

    state: Path
    cache: Path
    runtime: Path


class LimitSettings(_Section):
    """Bounds of one run."""

    fix_rounds: int = Field(ge=0)
    parallel: int = Field(gt=0)
    max_cost_usd: float | None = Field(gt=0, allow_inf_nan=False)
    timeout: float | None = Field(gt=0, allow_inf_nan=False)
    """Seconds per passage."""
    project_mb: int = Field(gt=0)
    """How much the contents of one project may take, in MiB."""


class SandboxSettings(_Section):
    """What a sandbox may use, and what must be enforced for one to be opened at all."""

    require: tuple[str, ...]
    memory_mb: int = Field(gt=0)
    workspace_mb: int = Field(gt=0)
    processes: int = Field(gt=0)


class TelemetrySettings(_Section):
    """Where spans go."""

    otlp_endpoint: str | None
    """None: a file of the run."""


class Settings(_Section):
    """Everything that can be set. `default.yaml` is complete; unknown keys are refused."""

    redis: RedisSettings
    folders: FolderSettings
    lineup: str
    limits: LimitSettings
    sandbox: SandboxSettings
    telemetry: TelemetrySettings

    def run_folder(self, run: str) -> Path:
        """Where a run's spans and its scripted endpoint's log are kept."""
        return self.folders.state / "runs" / run
