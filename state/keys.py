"""Every key in Redis. Keys of one run, and keys of one project, share a hash tag and so a slot of a cluster.

The number of keys is fixed for each run and project: what grows are hashes, lists and streams. So all that belongs to
a run can be given a time to live without a search.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

PREFIX = "slipway:"

RUNS = "slipway:runs"
"""Sorted set: run id by time of creation."""

PROJECTS = "slipway:projects"
"""Sorted set: project by time of creation."""

EXPERIMENTS = "slipway:experiments"
"""Sorted set: experiment by time of creation."""

CHECKPOINT_PATTERN = "slipway:{run:*}:checkpoints"


def run_of(checkpoints_key: str) -> str:
    """The run that a key of `CHECKPOINT_PATTERN` belongs to."""
    return unquote(checkpoints_key.removeprefix("slipway:{run:").removesuffix("}:checkpoints"))


def tag_of(key: str) -> str:
    """What all keys of one run, or of one project, begin with."""
    return key.partition("}")[0] + "}" if "{" in key else key


def owner_of(key: str) -> str:
    """Whose key it is, for people: `run 'r1'`, `project 'p'`, `provider 'openai'`, or the lists of what there is."""
    owned = r"slipway:(?:\{tenant:[^}]*\}:|\{)(run|project|tenant|provider|experiment):([^}:]*)"
    found = re.match(owned, key) or re.match(r"slipway:\{(tenant):([^}]*)\}", key)
    return f"{found[1]} {unquote(found[2])!r}" if found else f"the list {key.removeprefix(PREFIX)!r}"


class RunKeys:
    """The keys of one run; its LangGraph thread id is the run id."""

    def __init__(self, run: str) -> None:
        tag = f"slipway:{{run:{quote(run, safe='')}}}"
        self.record = f"{tag}:record"
        """Hash: `record`, `status`, `limits` where they were raised, `seconds`, `outcome`, `heard` (see `inbox.py`)."""
        self.traces = f"{tag}:traces"
        """List of trace ids."""
        self.fence = f"{tag}:fence"
        """Counter: the newest fencing token."""
        self.lease = f"{tag}:lease"
        """The holder, with a life of its own."""
        self.journal = f"{tag}:journal"
        """Hash: call -> entry."""
        self.journal_parts = f"{tag}:journal-parts"
        """Hash: digest -> what the requests of several calls may share: a message, the tools."""
        self.journal_order = f"{tag}:journal-order"
        """List of calls, as recorded."""
        self.journal_open = f"{tag}:journal-open"
        """Hash: call -> token that asked it; `asked-twice` counts."""
        self.events = f"{tag}:events"
        """Stream."""
        self.inbox = f"{tag}:inbox"
        """Stream: what people say to the run."""
        self.instructions = f"{tag}:instructions"
        """Hash: call, or step -> between which ids of `inbox` the instructions are that it was given."""
        self.checkpoints = f"{tag}:checkpoints"
        """Hash: namespace and checkpoint id -> checkpoint."""
        self.checkpoint_index = f"{tag}:checkpoint-index"
        """Sorted set of the fields of `checkpoints`, by their bytes."""
        self.versions = f"{tag}:versions"
        """Hash: namespace, channel and version -> digest of its value, or empty."""
        self.values = f"{tag}:values"
        """Hash: digest -> a channel's value."""
        self.writes = f"{tag}:writes"
        """Hash: namespace, checkpoint id, task and index -> write."""
        self.write_index = f"{tag}:write-index"
        """Sorted set of the fields of `writes`, by their bytes."""

    def checkpointing(self) -> tuple[str, ...]:
        """The keys of the LangGraph thread."""
        return (
            self.checkpoints,
            self.checkpoint_index,
            self.versions,
            self.values,
            self.writes,
            self.write_index,
        )

    def staged(self, name: str) -> tuple[str, ...]:
        """Where a copy called `name` waits to become the LangGraph thread; it ends by itself."""
        return tuple(f"{key}:staged:{name}" for key in self.checkpointing())

    def lasting(self) -> tuple[str, ...]:
        """All keys but the lease, which ends by itself."""
        return tuple(key for name, key in vars(self).items() if name != "lease")


class LedgerKeys:
    """Where a run's model calls are paid for. All keys of a tenant share a slot: one script sees every level."""

    def __init__(self, tenant: str, project: str, run: str) -> None:
        tag = f"slipway:{{tenant:{quote(tenant, safe='')}}}"
        own = f"{tag}:run:{quote(run, safe='')}"
        self.fence = f"{own}:fence"
        """The newest fencing token of the run, as this slot knows it."""
        self.used = f"{own}:used"
        """Hash of amounts, settled and open, of the run and of each of its stages."""
        self.open = f"{own}:open"
        """Hash: reservation -> token, day, stage and amounts."""
        self.project = f"{tag}:project:{quote(project, safe='')}:used"
        """Hash of amounts of all runs of the project."""
        self.days = f"{tag}:days"
        """Hash of amounts of all runs of the tenant, by day since 1970."""

    def lasting(self) -> tuple[str, ...]:
        """The keys that are the run's alone."""
        return (self.fence, self.used, self.open)

    def all(self) -> tuple[str, ...]:
        """All keys, in the order in which the scripts take them."""
        return (*self.lasting(), self.project, self.days)


class ProjectKeys:
    """The keys of one project."""

    def __init__(self, project: str) -> None:
        tag = f"slipway:{{project:{quote(project, safe='')}}}"
        self.head = f"{tag}:head"
        """The version that is delivered."""
        self.blobs = f"{tag}:blobs"
        """Hash: digest -> bytes."""
        self.manifests = f"{tag}:manifests"
        """Hash: version -> its manifest, whole or as edits of another's (see `manifests.py`)."""
        self.sizes = f"{tag}:sizes"
        """Hash: digest -> bytes of its content; the digests of `blobs` in a form that can be paged."""
        self.stats = f"{tag}:stats"
        """Hash: `since`, `bytes` of all contents, `sweeps` begun, `swept`; times in ms of the server's clock."""
        self.pending = f"{tag}:pending"
        """Hash: call that stores contents -> bytes still to come, and when it began."""
        self.history = f"{tag}:history"
        """List: every move of the head."""
        self.verdicts = f"{tag}:verdicts"
        """Hash: digest of a check and of what it reads -> what it said."""
        self.verdicts_order = f"{tag}:verdicts-order"
        """List of the fields of `verdicts`, as recorded."""
        self.imports = f"{tag}:imports"
        """Hash: version -> where it was imported from last."""
        self.branches = f"{tag}:branches"
        """Set of the runs that made a branch."""
        self.doomed = f"{tag}:doomed"
        """Hash: digest or version that nothing needed -> sweeps begun by then, and when that was found."""
        self._tag = tag

    def branch(self, run: str) -> BranchKeys:
        """The keys of a run's private branch, in the project's slot."""
        return BranchKeys(self._tag, run)


class BranchKeys:
    """The keys of a run's branch in its project."""

    def __init__(self, project_tag: str, run: str) -> None:
        tag = f"{project_tag}:branch:{quote(run, safe='')}"
        self.fence = f"{tag}:fence"
        """The newest fencing token of the run, as this slot knows it."""
        self.meta = f"{tag}:meta"
        """Hash: `number`, `version`, `base`, `green`, `delivered`, `depth` of the chain that `version` ends."""
        self.refs = f"{tag}:refs"
        """Hash: path -> file reference."""
        self.paths = f"{tag}:paths"
        """Sorted set of the paths, by their bytes."""
        self.published = f"{tag}:published"
        """Hash: step and attempt -> revision."""
        self.text = f"{tag}:text"
        """The manifest of the branch's version, whole."""
        self.claims = f"{tag}:claims"
        """Set of the digests that the run needs beside those of its versions."""

    def lasting(self) -> tuple[str, ...]:
        """All keys."""
        return tuple(vars(self).values())


class ProviderKeys:
    """The keys that all processes share about one provider at one address; they end by themselves when unused."""

    def __init__(self, provider: str, base_url: str | None = None) -> None:
        name = f"{provider} at {base_url}" if base_url else provider
        self._tag = f"slipway:{{provider:{quote(name, safe='')}}}"
        self.admitted = f"{self._tag}:admitted"
        """Sorted set: call -> when it was let in; those of the last minute."""
        self.tokens = f"{self._tag}:tokens"
        """Hash: call that was let in or waits -> tokens."""
        self.slots = f"{self._tag}:slots"
        """Sorted set: call under way -> when its slot comes back unless renewed."""
        self.queue = f"{self._tag}:queue"
        """Sorted set: call that waits -> its number."""
        self.waiting = f"{self._tag}:waiting"
        """Sorted set: call that waits -> when it counts as dead unless it asks again."""
        self.counts = f"{self._tag}:counts"
        """Hash: `numbers` given to calls that came; `tokens` of the calls in `admitted`."""

    def circuit(self, model: str) -> str:
        """Hash of one model: `failures`, `first`, `until`, `times` it opened again, `probe` and `probe_ends`."""
        return f"{self._tag}:circuit:{quote(model, safe='')}"


class ExperimentKeys:
    """The keys of one experiment; none has a time to live."""

    def __init__(self, experiment: str) -> None:
        tag = f"slipway:{{experiment:{quote(experiment, safe='')}}}"
        self.record = f"{tag}:record"
        """Hash: `record`, `status`."""
        self.work = f"{tag}:work"
        """Hash: cell -> what is under way for it."""
        self.results = f"{tag}:results"
        """Hash: cell -> what came of it."""

    def lasting(self) -> tuple[str, ...]:
        """All keys."""
        return tuple(vars(self).values())
