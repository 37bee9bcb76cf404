from __future__ import annotations

from pathlib import Path
from typing import Literal

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


class CallCapSettings(_Section):
    """What one model call may take; None: no bound."""

    max_cost_usd: float | None = Field(gt=0, allow_inf_nan=False)
    max_tokens: int | None = Field(gt=0)


class CapSettings(CallCapSettings):
    """What the model calls of one level may take together; None: no bound."""

    max_steps: int | None = Field(gt=0)
    """Model calls."""


class LimitSettings(CapSettings):
    """Bounds of one run, and of what it is a part of."""

    fix_rounds: int = Field(ge=0)
    mutants: int = Field(ge=0)
    """Faults that are put into each component before a delivery; 0: none."""
    parallel: int = Field(gt=0)
    max_seconds: float | None = Field(gt=0, allow_inf_nan=False)
    """Wall time of all passages together."""
    timeout: float | None = Field(gt=0, allow_inf_nan=False)
    """Seconds per passage."""
    call: CallCapSettings
    stage: CapSettings
    """Each stage of a run: all its steps and rounds."""
    project: CapSettings
    """All runs of a project, for ever."""
    tenant_day: CapSettings
    """All runs of a tenant, from midnight to midnight UTC."""
    project_mb: int = Field(gt=0)
    """How much the contents of one project may take, in MiB."""


class InstallSettings(_Section):
    """Where packages come from that a project depends on, and which of them are let in."""

    python_index: str | None
    """A simple index (PEP 503). None: as pip is configured."""
    node_registry: str | None
    """None: as npm is configured."""
    wheels: Path | None
    """A folder of wheels that Python packages come from, without any network."""
    hosts: tuple[str, ...]
    """Where else files may come from: a name (https, port 443, on the internet), or an address such as
    `https://files.corp:8443`, wherever that is."""
    version_days: float = Field(ge=0, allow_inf_nan=False)
    """How old a version must be."""
    project_days: float = Field(ge=0, allow_inf_nan=False)
    """How old the first version of a package must be."""
    unknown_age: Literal["refuse", "allow"]
    """What becomes of a package whose registry does not tell its age."""
    allow: tuple[str, ...]
    """Packages that are let in whatever their age and name: `NAME`, `python:NAME` or `node:NAME`."""
    deny: tuple[str, ...]
    """Packages that are never let in."""
    layer_mb: int = Field(gt=0)
    """How much one installed layer may take, in MiB."""
    layer_files: int = Field(gt=0)
    timeout: float = Field(gt=0, allow_inf_nan=False)
    """Seconds for each of: resolving, installing."""


class CheckSettings(_Section):
    """What a version has to go through."""

    left_out: tuple[str, ...]
    """Names of checks that are not run."""
    advisories: Path | None
    """A folder of known vulnerabilities of packages, as OSV records."""


class SandboxSettings(_Section):
    """What a sandbox may use, and what must be enforced for one to be opened at all."""

    backend: Literal["auto", "docker", "bubblewrap"]
    """`auto`: Docker where an Engine answers, else bubblewrap; never anything weaker."""
    require: tuple[str, ...]
    require_kernel_isolation: bool
    """Refuse a sandbox that shares the machine's kernel: only runtimes such as runsc and kata do not."""
    memory_mb: int = Field(gt=0)
    workspace_mb: int = Field(gt=0)
    processes: int = Field(gt=0)
    image: str = Field(min_length=1)
    """Of a Docker sandbox: a name, or a digest. It has to be there; nothing is pulled."""
    docker_host: str | None
    """`unix://`, `tcp://` (with `docker_certificates`) or `ssh://`; None: the Engine of this machine."""
    docker_certificates: Path | None
    """A folder with `ca.pem`, `cert.pem` and `key.pem`."""
    runtime: str | None
    """A runtime of the Engine, such as `runsc` or `kata`, which bring a kernel of their own; None: its default."""
    install: InstallSettings


class ProviderSettings(_Section):
    """What all processes together may ask of a provider, at each of its addresses. None: as much as they like."""

    requests_per_minute: int | None = Field(gt=0)
    tokens_per_minute: int | None = Field(gt=0)
    """In and out together."""
    parallel: int | None = Field(gt=0)
    """Calls at the same time."""

    @property
    def limits(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in (self.requests_per_minute, self.tokens_per_minute, self.parallel))


class ProvidersSettings(_Section):
    """The limits of each provider."""

    openai: ProviderSettings
    scripted: ProviderSettings
    simulated: ProviderSettings
    anthropic: ProviderSettings
    google: ProviderSettings
    ollama: ProviderSettings

    def of(self, model: str) -> ProviderSettings:
        """The limits of the provider of `model`, a `provider:name`."""
        return getattr(self, model.partition(":")[0])


class RetrySettings(_Section):
    """How often, and for how long, a model that gives no answer is asked before its fallback, or the run waits."""

    attempts: int = Field(gt=0)
    first_pause: float = Field(ge=0, allow_inf_nan=False)
    """Seconds that the first pause lasts at most; each later one may last twice as long."""
    longest_pause: float = Field(ge=0, allow_inf_nan=False)
    seconds: float = Field(ge=0, allow_inf_nan=False)
    """No attempt begins later than this after the first one."""


class CircuitSettings(_Section):
    """When a model that keeps failing is left alone, by all processes."""

    failures: int = Field(gt=0)
    """So many attempts in a row, of whomever, failed."""
    window: float = Field(gt=0, allow_inf_nan=False)
    """Seconds within which they did."""
    pause: float = Field(gt=0, allow_inf_nan=False)
    """Seconds before one process tries it again; twice as long each time it failed again."""
    longest_pause: float = Field(gt=0, allow_inf_nan=False)


class TelemetrySettings(_Section):
    """Where spans go."""

    otlp_endpoint: str | None
    """None: a file of the run."""
    backend: Literal["phoenix", "mlflow"] | None
    """What is behind the endpoint, where that wants a few words of its own. None: anything."""
    sample: float = Field(ge=0, le=1)
    """The share of runs that are sent to the endpoint, beside those that failed, were slow or were resumed."""
    slow_seconds: float | None = Field(ge=0, allow_inf_nan=False)
    """What a passage of a run takes at least to be slow; None: none is."""


class Settings(_Section):
    """Everything that can be set. `default.yaml` is complete; unknown keys are refused."""

    redis: RedisSettings
    folders: FolderSettings
    lineup: str
    pack: str
    """A pack's name or folder, `auto` or `none`."""
    checks: CheckSettings
    secrets: tuple[str, ...]
    """Names of variables whose values must show nowhere, besides the keys of models."""
    tenant: str = Field(min_length=1, max_length=200)
    """On whose account runs are."""
    limits: LimitSettings
    sandbox: SandboxSettings
    providers: ProvidersSettings
    retries: RetrySettings
    circuit: CircuitSettings
    telemetry: TelemetrySettings

    def run_folder(self, run: str) -> Path:
        """Where a run's spans and the logs of its own model endpoints are kept."""
        return self.folders.state / "runs" / run
