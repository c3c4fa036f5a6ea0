# Everything a person does with Palier. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) bin/setup.py

.DEFAULT_GOAL := help
.PHONY: help run test test-long check fix demo bench lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## install what is missing, then serve on http://127.0.0.1:8000 (PALIER_PORT)
	@$(SETUP) run
	@exec $(BIN)/python -m palier serve

test: ## every test but the long ones, under ten minutes
	@$(SETUP) test
	$(BIN)/python -m pytest -m "not long"

test-long: ## full matrices and long fault runs, up to thirty minutes
	@$(SETUP) test
	$(BIN)/python -m pytest -m long

check: ## ruff, types, translations, architecture, templates, questionnaires
	@$(SETUP) test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/architecture
	$(BIN)/python -m palier check

fix: ## let ruff put right what it can
	@$(SETUP) test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: ## show the demo's organisations, people and passwords
	@$(SETUP) run
	$(BIN)/python -m palier demo

bench: ## measure the pages, the save and the PDF
	@$(SETUP) test
	$(BIN)/python -m bench

lock: ## remake every lock file from pyproject.toml and package.json
	@$(SETUP) lock
