# Everything a person does with Palier. `make` alone lists the targets.
PYTHON ?= python3
IN_VENV := .venv/bin/python -m
SETUP := command -v $(PYTHON) >/dev/null || { echo "Palier needs Python 3.11 or newer:  apt-get install -y python3 python3-venv" >&2; exit 1; }; exec $(PYTHON) bin/setup.py

.DEFAULT_GOAL := help
.PHONY: help run test test-long check fix demo bench lock sbom audit

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## install what is missing, then serve on http://127.0.0.1:8000 (PALIER_PORT)
	@$(SETUP) run
	@exec $(IN_VENV) palier serve

test: ## every test but the long ones, under ten minutes
	@$(SETUP) test
	@# pytest keeps its own compiled tests, even where Python may not keep anything: half of the time before the first test.
	PYTHONDONTWRITEBYTECODE= $(IN_VENV) pytest -m "not long" -n 3 --dist loadfile --no-loadscope-reorder

test-long: ## full matrices and long fault runs, up to thirty minutes
	@$(SETUP) test
	@# Two on two cores: beside a third, what kills its own servers for nine minutes, browsers lose their patience.
	PYTHONDONTWRITEBYTECODE= $(IN_VENV) pytest -m long -n 2 --dist loadfile --no-loadscope-reorder

check: ## ruff, types, translations, architecture, templates, questionnaires
	@$(SETUP) test
	$(IN_VENV) ruff check .
	$(IN_VENV) ruff format --check .
	$(IN_VENV) mypy
	$(IN_VENV) pytest -q tests/architecture
	$(IN_VENV) palier check

fix: ## let ruff put right what it can
	@$(SETUP) test
	$(IN_VENV) ruff check --fix .
	$(IN_VENV) ruff format .

demo: ## show the demo's organisations, people and passwords
	@$(SETUP) run
	@$(IN_VENV) palier demo

bench: ## measure the pages, the save and the PDF
	@$(SETUP) test
	$(IN_VENV) benchmarks

lock: ## remake every lock from pyproject.toml and package.json (UPGRADE=1 moves to the newest)
	@$(SETUP) lock

sbom: ## write the bill of materials (CycloneDX) to dist/sbom.cdx.json
	@$(SETUP) test
	@.venv/bin/python bin/sbom.py

audit: ## ask the advisories about every locked package (needs a network, and pip-audit from PyPI)
	@$(SETUP) run
	.venv/bin/uvx pip-audit --strict --disable-pip --require-hashes -r requirements/main.txt
