# `make demo` and `make test` do all of their own set-up; nothing needs to be installed before, but Python >= 3.11 with
# venv, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint format setup clean image bench-state bench-sandboxes soak-sandboxes bench-waves \
  bench-humaneval bench-corpus bench-gate bench-simulated bench-peers

demo: $(READY)
	$(BIN)/slipway demo

test: $(READY)
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: $(READY)

# The image of Docker sandboxes, on this machine's Engine or DOCKER_HOST's; needs mmdebstrap, and no registry.
image: $(READY)
	$(BIN)/python -m slipway.sandboxes.images $(OPTIONS)

# What a step costs, side by side with other savers; needs PostgreSQL's programs (Debian: postgresql).
bench-state: $(READY)
	$(BIN)/python -m pip install -qq --group bench
	$(BIN)/python benchmarks/state.py $(OPTIONS)

# What a sandbox costs, beside a bare process and others' sandboxes; needs a Docker Engine's programs (Debian: docker.io
# mmdebstrap), or OPTIONS='--without docker'.
bench-sandboxes: $(READY)
	$(BIN)/python -m pip install -qq --group bench
	$(BIN)/python benchmarks/sandboxes.py $(OPTIONS)

# What sandboxes leave behind: after a thousand of them, and after the framework was killed.
soak-sandboxes: $(READY)
	$(BIN)/python benchmarks/soak.py $(OPTIONS)

# What it costs that several agents write at once, against the critical path of their models.
bench-waves: $(READY)
	$(BIN)/python benchmarks/waves.py $(OPTIONS)

# Whether the checks keep people's bugs out; OPTIONS=FILE names HumanEvalPack's Python tasks, else nothing is run.
bench-humaneval: $(READY)
	$(BIN)/python benchmarks/humaneval.py $(OPTIONS)

# Whether the gate finds what is planted in sixty projects, and leaves forty clean ones alone.
bench-corpus: $(READY)
	$(BIN)/python benchmarks/corpus.py $(OPTIONS)

# What the whole gate takes on a small project, and what a second time with nothing changed.
bench-gate: $(READY)
	$(BIN)/python benchmarks/gate.py $(OPTIONS)

# Whether the simulated developer measures what context is worth: its controls.
bench-simulated: $(READY)
	$(BIN)/python benchmarks/simulated.py $(OPTIONS)

# Slipway beside mini-swe-agent and deepagents, on the same tasks, seeds and simulated developer.
bench-peers: $(READY)
	$(BIN)/python benchmarks/peers.py $(OPTIONS)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "slipway needs Python >= 3.11; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "this Python has no venv; install it with: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -qq --editable . --group dev
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info
