# make demo · make test · make check: each from a bare clone, with Python 3.11+ and make.

PYTHON ?= python3
TARGET ?= demo
VENV := .venv
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/bin/pip --quiet

# Two at a time for each CPU, as many wait for what they record. Those of real services compare times: one after another.
WORKERS := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
TESTS := pytest -n $(WORKERS) --dist loadfile --ignore tests/services && pytest tests/services

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup demo test check wheel clean

help:  ## what there is to make
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' $(MAKEFILE_LIST)

setup: $(VENV)/.dev  ## a .venv with all that development needs

demo: $(VENV)/.ready  ## profile a small service that runs for real, and draw it; TARGET=hce, api, pdie, perf, offcpu
	@python fixtures/services/beside.py $(TARGET) doit -v 1 profile:$(TARGET)
	@echo
	@head -n 12 .flame/$(TARGET)/report.txt
	@echo
	@echo "The flame graph: $(CURDIR)/.flame/$(TARGET)/flamegraph.svg"

test: $(VENV)/.dev  ## all tests; those that lack a tool say so
	@$(TESTS)

check: $(VENV)/.dev  ## what a change must pass: lint, types, tests
	@ruff check
	@ruff format --check
	@mypy
	@$(TESTS)

wheel: $(VENV)/.dev  ## dist/resq_flame-*.whl
	@$(PIP) wheel --no-deps --wheel-dir dist .

clean:  ## remove all that was made, captures too
	rm -rf $(VENV) .flame dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "resq-flame needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) install -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/pip
	$(PIP) install -e '.[dev]'
	@touch $@ $(VENV)/.ready
