# Every door into the project. `make` alone lists them; CI and pre-commit call the same targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
python := .venv/bin/python
packages := marketplace reports tasks api backoffice fixtures tests
# On two cores: a third process works while others wait for a browser, a disk or each other.
WORKERS ?= 3
# Where an environment forbids bytecode, each process that we start would compile Django anew: five seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test bench proof proof-long lint fmt types imports migrate migrations migration-lint shell reset \
	lock lock-check messages messages-check docs docs-check screenshots check check-but-types venv venv-dev

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv:
	@deploy/bootstrap.sh runtime

venv-dev:
	@deploy/bootstrap.sh dev

run: venv  ## Start everything here: servers, demo data, web, workers (PORT=8000, EMPTY=1 without demo; Ctrl-C stops it)
	@exec $(python) -m backoffice.embedded $(if $(PORT),--port $(PORT)) $(if $(EMPTY),--empty)

test: venv-dev  ## Run the tests (ARGS="-k words" for some, WORKERS=0 for one process, PICTURES=1 for a screenshot of every page)
	@$(python) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

bench: venv-dev  ## Measure, print the figures and add them to .data/bench.jsonl (ONLY=import for some)
	@$(python) -m pytest tests/bench -p no:xdist -s -m bench $(if $(ONLY),-k "$(ONLY)") $(ARGS)

proof: venv-dev  ## Let random orders live, checking the books at every step (STEPS=10000 SEED=7)
	@PROOF_STEPS=$(or $(STEPS),10000) PROOF_SEED=$(or $(SEED),2026) $(python) -m pytest -q -n 0 -s tests/proof/machine/test_machine.py

proof-long: venv-dev  ## Every point of the kill matrix, fifty at once under one key, fifty approvers
	@PROOF_TIER=long $(python) -m pytest -q -n 0 tests/proof/test_kill_matrix.py tests/proof/test_idempotency_of_every_route.py tests/proof/test_approvals_by_two.py

check: check-but-types types  ## Everything CI checks besides the tests

check-but-types: lint imports migrations-check migration-lint messages-check docs-check lock-check

lint: venv-dev  ## Lint and check the format
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

fmt: venv-dev  ## Format and repair what can be repaired
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

types: venv-dev  ## Check types (strict in marketplace/)
	@$(python) -m mypy

imports: venv-dev  ## Check the architecture: who may import whom
	@.venv/bin/lint-imports

migrate: venv  ## Apply migrations, as the role that owns the tables
	@$(python) manage.py migrate

migrations: venv  ## Write missing migrations (ARGS="--name what_it_does app")
	@$(python) manage.py makemigrations $(ARGS)

migrations-check: venv-dev
	@$(python) manage.py makemigrations --check --dry-run

migration-lint: venv-dev  ## Check that migrations are safe on a live database
	@$(python) manage.py lintmigrations

shell: venv  ## Open a Python shell with the project loaded
	@$(python) manage.py shell

reset:  ## Stop what runs here and delete its data (.data/)
	@if [ -x $(python) ]; then $(python) -m backoffice.embedded --reset; else rm -rf .data; fi

lock: venv-dev  ## Lock the dependencies again (UPGRADE=1 takes newer versions)
	@UPGRADE=$(UPGRADE) deploy/lock.sh

lock-check: venv-dev
	@deploy/lock.sh --check

messages: venv-dev  ## Collect texts to translate and compile the translations
	@$(python) manage.py translations --write

messages-check: venv-dev
	@$(python) manage.py translations --check

docs: venv-dev  ## Write the generated parts of docs/ again
	@$(python) manage.py document_configuration --write

docs-check: venv-dev
	@$(python) manage.py document_configuration --check

screenshots: venv-dev  ## Photograph the running demo for the README (PORT=8100 if it is not on 8000)
	@PORT=$(or $(PORT),8000) $(python) -m tests.screenshots
