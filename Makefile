# Two commands matter: `make demo` and `make test`. The rest is their parts.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: demo demo-reset journey test check bench fmt lock clean help

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s '	'

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@scripts/environment runtime $(PYTHON) $(VENV)

$(VENV)/.test: requirements/test.txt pyproject.toml
	@scripts/environment test $(PYTHON) $(VENV)

demo: $(VENV)/.runtime ## Ministry, Jiangsu and the public site with made-up people; Ctrl-C stops it
	@exec $(BIN)/warrant demo

demo-reset: $(VENV)/.runtime ## Forget what the demo keeps
	@$(BIN)/warrant demo --reset

journey: $(VENV)/.runtime ## One officer from a roster row to a checked card, over HTTP, then stop
	@exec $(BIN)/warrant journey

check: $(VENV)/.test ## Format, lint, types, imports: under a minute
	@scripts/check $(BIN)

test: $(VENV)/.test ## Everything, on SQLite and PostgreSQL, with real pcscd and a real browser
	@scripts/test $(BIN)

bench: $(VENV)/.test ## Speed with 500,000 made-up officers against a bare floor and a plain Django admin
	@scripts/bench $(BIN)

fmt: $(VENV)/.test
	@$(BIN)/ruff format src tests bench && $(BIN)/ruff check --fix src tests bench

lock: ## Renew the pinned dependencies
	@scripts/lock $(BIN)

clean:
	rm -rf $(VENV) build src/*.egg-info
