"""mini-swe-agent as its users run it from Python: its agent, its model for tool calls, the prompts of `mini.yaml`."""

from __future__ import annotations

import yaml
from jobs import Ended, Job, serve
from minisweagent import package_dir
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.models.litellm_model import LitellmModel

_ENDS = {"Submitted": "done", "LimitsExceeded": "bound"}


def work(job: Job) -> Ended:
    """Its own loop, to its end."""
    config = yaml.safe_load((package_dir / "config" / "mini.yaml").read_text())
    limits = {"step_limit": job.calls, "cost_limit": 0.0}
    told = {name: config["agent"][name] for name in ("system_template", "instance_template")}
    kwargs = config["model"].pop("model_kwargs") | {"api_base": job.base_url, "api_key": "none"}
    model = LitellmModel(
        model_name=f"openai/{job.model}", model_kwargs=kwargs, cost_tracking="ignore_errors", **config["model"]
    )
    agent = DefaultAgent(model, LocalEnvironment(cwd=job.folder, **config["environment"]), **told, **limits)
    ended = agent.run(job.request)
    status = ended.get("exit_status", "")
    return Ended(_ENDS.get(status, status or "error"), ended.get("submission", "")[:2000])


serve(work)
