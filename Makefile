# Safehand's verbs: `make help` lists them.
#
# Everything is set up on first use and remembered by stamps in .venv; what set-up has to say goes
# to stderr, so that `make demo ARGS='--exit --json'` prints the demo's JSON and nothing else.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help demo test lint format bench requirements openapi wheel postgresql clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install

# As root, install Debian packages; anybody else is told the one command to run.
define debian
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "make: installing $(1)" >&2; \
		apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends $(1) >/dev/null; \
	else \
		echo "make: please run: sudo apt-get install -y $(1)" >&2; exit 1; \
	fi
endef

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  ARGS='...' passes options on, e.g. make demo ARGS='--exit --json'"

demo: $(VENV)/run.stamp ## a hub and two shelters on this machine; one case from one to the other
	@$(BIN)/safehand demo $(ARGS)

test: $(VENV)/dev.stamp postgresql ## all tests, on SQLite and PostgreSQL
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/dev.stamp ## style, types, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp postgresql ## measure against floors taken in the same run
	$(BIN)/python -m tests.bench $(ARGS)

format: $(VENV)/dev.stamp ## put the source into its one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/dev.stamp ## write the descriptions in openapi/ anew
	$(BIN)/python -m tests.support.openapi

# All agree on every version: the others are held to what dev.txt found. `run` is a whole Safehand
# (what `make demo` installs); hub, node and auditor are for images of one process each.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make requirements"
requirements: $(VENV)/dev.stamp ## compile the hash-pinned requirement files (UPGRADE=--upgrade)
	$(COMPILE) $(UPGRADE) --all-extras --group dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) --extra all -c requirements/dev.txt pyproject.toml -o requirements/run.txt
	for process in hub node auditor; do $(COMPILE) --extra $$process -c requirements/dev.txt \
		pyproject.toml -o requirements/$$process.txt || exit; done
	$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt

wheel: $(VENV)/dev.stamp ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove what set-up and tests left behind
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache bench-results

# --- set-up ---------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: Safehand needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call debian,python3-venv); }
	@echo "make: creating $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV) >&2

# A .venv made by uv has no pip of its own.
$(VENV)/pip.stamp: | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >&2
	@touch $@

$(VENV)/run.stamp: requirements/run.txt requirements/build.txt pyproject.toml $(VENV)/pip.stamp
	@echo "make: installing what Safehand runs on (a minute or so, once)" >&2
	@$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/build.txt >&2
	@$(INSTALL) --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(VENV)/pip.stamp
	@echo "make: installing what the tests need (a few minutes, once)" >&2
	@$(INSTALL) --require-hashes -r requirements/dev.txt >&2
	@$(INSTALL) --no-deps --no-build-isolation --editable . >&2
	@touch $(VENV)/run.stamp $@

# The tests take a PostgreSQL URL, Docker, Debian's server or an embedded one, in that order. As
# root the embedded one is a bad guest, so Debian's is installed.
postgresql:
	@if [ -z "$$SAFEHAND_TEST_POSTGRES_URL" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
		$(call debian,postgresql); fi
