# Everything a newcomer types: make demo, make test. Needs python3 (3.11 or newer), make and a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# These measure how soon people are served again, or drive a browser: with nothing beside them.
ALONE := tests/acceptance/test_taken_away.py tests/acceptance/test_at_once.py tests/browser
# One test process more than cores: a third of the time is waiting. Native tracebacks: the others parse sources, which fails deep in a shared process.
PARALLEL := -n $(shell expr $$(nproc) + 1) --dist worksteal --tb=native
FAST := tests/unit tests/docs
# Compiled modules are kept: the tests start hundreds of processes, and each would compile its own for a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo play fix test test-fast check coverage bench bench-quick faults soak kills fuzz lock

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(STAMP)  ## make .venv with everything pinned

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 >= 3.11 is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: install  ## the practice city and the bot, in your browser
	$(BIN)/yousu demo

play: install  ## a scripted month in under a minute, into ./play
	$(BIN)/yousu play --out play

fix: install  ## mend what ruff can mend, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: install  ## format, lint, types, import rules, fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(PARALLEL) $(FAST)

test-fast: install  ## the fast tests alone
	$(BIN)/python -m pytest $(PARALLEL) --durations=25 $(FAST)

SKIP ?=

test: install  ## all but tests/faults, on SQLite and on a PostgreSQL of its own (SKIP= what was run a moment ago)
	@sh tests/tools.sh
	$(BIN)/python -m pytest $(PARALLEL) --durations=25 $(addprefix --ignore=,$(ALONE) tests/faults $(SKIP))
	$(BIN)/python -m pytest $(ALONE)

coverage: install  ## which lines of which room the tests run, also in processes they start
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PARALLEL) $(addprefix --ignore=,$(ALONE) tests/faults)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: install  ## ratios measured side by side in one run
	$(BIN)/python -m benchmarks

fuzz: install  ## hundreds of thousands of odd inputs at every border, and the whole matrix of who may do what
	$(BIN)/python -m tests.fuzz
	YOUSU_MATRIX=full $(BIN)/python -m pytest tests/matrix

bench-quick: install  ## every measurement small: does each still answer, and rightly?
	$(BIN)/python -m benchmarks --quick

faults: install  ## 60 kills on SQLite, 30 on PostgreSQL, a minute of random faults on each
	KILLS=60 SOAK_MINUTES=1 $(BIN)/python -m pytest -n 2 --dist worksteal --tb=native tests/faults

SOAK_MINUTES ?= 60
KILLS ?= 200
SEED ?=

soak: install  ## the practice city with random faults and kills (SOAK_MINUTES=60 SEED=)
	$(BIN)/python -m tests.faults soak --minutes $(SOAK_MINUTES) $(if $(SEED),--seed $(SEED))

kills: install  ## kill -9 at chosen and random points (KILLS=200 SEED=)
	$(BIN)/python -m tests.faults kills --kills $(KILLS) $(if $(SEED),--seed $(SEED))

lock:  ## pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header -q -o requirements-dev.lock
