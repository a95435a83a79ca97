# The two commands: `make demo` and `make test`. Python 3.11 or newer and make are all they need.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

# One more than cores: many tests wait for servers and processes.
WORKERS = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

# The tests start many processes of ours; compiled once, these start at once.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-slow test-all check check-mail format docs flow mails messages constraints clean

demo: .venv/installed
	@$(BIN)/newsletter demo demo

test: .venv/installed-dev
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m 'not slow'

# What `make test` leaves out: long stories (kills, hanging servers, browsers) and the gates.
test-slow: .venv/installed-dev
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m slow

test-all: test test-slow

# The gates alone, on mails and pages; says which of their tools are missing and what brings them.
check-mail: .venv/installed-dev
	@$(BIN)/python -m tests.gates.tools; all_there=$$?; \
	$(BIN)/pytest -q -n auto --dist loadgroup tests/gates && exit $$all_there

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Write the mails of tests/data/mails.zip anew, after a change that is meant.
mails: .venv/installed-dev
	WRITE_MAILS=1 $(BIN)/pytest -q tests/rendering/test_golden_mails.py

# Draw the picture of the flow from its text; needs Graphviz.
flow:
	dot -Tsvg pictures/flow.dot -o pictures/flow.svg

docs: .venv/installed-dev
	WRITE_DOCS=1 $(BIN)/pytest -q tests/cli/test_commands.py tests/config/test_settings.py tests/web/test_metrics_page.py -k document

# Bring the catalogues up to date with what templates and code ask for.
messages: .venv/installed-dev
	$(BIN)/python -m tests.messages

# Renew constraints.txt: install afresh what pyproject.toml allows, and write down what came. Made with
# the oldest Python we support, which needs the most packages; the same pins must install on the newest.
constraints:
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@{ sed -n '/^#/p' constraints.txt; \
	build/constraints/bin/pip freeze --quiet --disable-pip-version-check --exclude-editable; } > build/constraints/new
	@mv build/constraints/new constraints.txt && rm -rf build/constraints

clean:
	rm -rf .venv build demo dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "newsletter needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python demo" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing into .venv (about half a minute) ..." >&2
	@$(PIP) --editable .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing into .venv (about half a minute) ..." >&2
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/installed
