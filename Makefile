# The two commands are `make run` and `make test`. Everything they need is put into this folder.
SHELL := bash
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS ?= automatic

.PHONY: help setup run test check check-console check-deps chaos soak scale fuzz bench browser ha drill screenshots corpus-report docs lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(UV):
	@echo "→ uv"
	@$(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv==0.13.*'

.venv/.synced: requirements.lock pyproject.toml | $(UV)
	@echo "→ Python packages"
	@test -x $(BIN)/python || $(UV) venv --quiet --python '>=3.11' .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

setup: .venv/.synced ## prepare everything, start nothing
	@$(BIN)/hotline setup

run: setup ## start the whole hub and print its address
	@HOTLINE_DEMO=$${HOTLINE_DEMO:-on} exec $(BIN)/hotline up

test: setup check-console ## the whole test suite
	@$(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder

chaos: setup ## faults done to a real hub, with a table of what they did; half an hour
	@$(BIN)/python -m pytest -m chaos tests/chaos

soak: setup ## an hour of steady load: memory, latency, what is left waiting (SOAK_S=300 make soak: five minutes)
	@$(BIN)/python -m tests.bench soak

scale: setup ## ten million tickets: lists, search, timers, intake from 10⁴ to 10⁷; an hour of loading, 40 GB (DATA=DIR keeps them)
	@$(BIN)/python -m tests.bench scale $(if $(DATA),--data $(DATA))

check: .venv/.synced ## lint, types, layers, unit tests; under a minute
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/unit

check-console: .venv/.synced ## the web console: types, lint, unit tests; half a minute
	@$(BIN)/hotline console check

fuzz: setup ## every parser of what strangers send, with new chance each time; three minutes, or SECONDS=…
	@$(BIN)/python -m tests.fuzz $(SECONDS)

check-deps: .venv/.synced ## known holes in what we stand on; exit 3 where the registry gives no answer
	@$(BIN)/python .ci/check_deps.py

bench: setup ## measurements, one JSON object a line
	@$(BIN)/python -m tests.bench

browser: ## Chromium and Chinese fonts for the browser tests (apt-get, root)
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || \
	  { apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; }

ha: setup ## etcd, Patroni with three nodes, HAProxy, two hub nodes; kill one after the other (apt-get, root)
	@{ command -v etcd && PATH=$$PATH:/usr/sbin command -v haproxy; } >/dev/null || \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends etcd-server haproxy >/dev/null; }
	@test -x build/patroni/bin/patroni || { $(UV) venv --quiet --clear --python /usr/bin/python3 build/patroni && \
	  $(UV) pip install --quiet --python build/patroni/bin/python -r deploy/patroni/requirements.txt; }
	@$(BIN)/python -m tests.ha

drill: setup ## lose a hub's machine and go on elsewhere from its backup and its keys: what is lost, how long it takes
	@$(BIN)/python -m tests.ha.drill

screenshots: .venv/.synced ## pictures of every page of the console of a running hub, into docs/pictures/console
	@$(BIN)/python -m tests.browser.screenshots

corpus-report: .venv/.synced ## what the model learns from, and whether it says the same thing twice
	@$(BIN)/hotline city corpus cities/yunzhou

docs: .venv/.synced ## write docs/lifecycle.md and its pictures from the tables
	@$(BIN)/hotline docs

lock: | $(UV) ## resolve requirements.lock anew
	@$(UV) pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate --quiet -o requirements.lock

clean: ## remove what was built (never var/, which holds the database)
	@rm -rf .venv .uv build dist
