# Each target makes what it needs: a virtual environment with the pinned libraries, and for `kafka` and the Kafka
# tests the broker's jars.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TOOLS := $(VENV)/tools
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.PHONY: help run demo test check bench kafka chaos wheel clean

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Demarche needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	@echo 'Setting up in $(VENV): about a minute, once.' >&2
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -e .
	@touch $(READY)

$(TOOLS): $(READY)
	@$(INSTALL) -e '.[dev]'
	@touch $(TOOLS)

run: $(READY)  ## poll the default feeds and print alerts here
	$(BIN)/demarche run $(ARGS)

demo: $(READY)  ## a week of a row between two states in a minute, with no network
	$(BIN)/demarche demo $(ARGS)

test: $(TOOLS) check  ## everything that must hold
	$(BIN)/python -m pytest -q $(ARGS)

check: $(TOOLS)  ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TOOLS)  ## the figures of the manuals, as ratios
	$(BIN)/python -m tests.bench $(ARGS)

kafka: $(TOOLS)  ## a Kafka broker from its jars, for trying things (needs Java 17 and Maven)
	$(BIN)/python -m tests.kafka_broker

chaos: $(TOOLS)  ## crashes, pauses and broker loss, then an audit
	$(BIN)/python -m tests.chaos $(ARGS)

wheel: $(TOOLS)  ## the wheel, in dist/
	$(BIN)/python -m build --wheel

clean:  ## all that was made here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
