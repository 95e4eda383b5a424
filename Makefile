# Every target installs what it needs the first time. Progress goes to stderr.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PYTHONPATH := $(CURDIR)
# What is imported is compiled once, also where the machine says otherwise: nothing that the
# installers leave here is compiled yet, and compiling is most of the start of every process.
unexport PYTHONDONTWRITEBYTECODE
UV := .tools/bin/uv
PY := .venv/bin/python

.PHONY: help run test check audit docs noise train parse converse evaluate bench lock
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18 >&2

$(UV): requirements/tools.txt
	@echo "Installing uv …" >&2
	@rm -rf .tools && python3 -m venv .tools >&2
	@.tools/bin/pip install -q --require-hashes -r requirements/tools.txt >&2
	@touch $@

.venv-rasa/.installed: requirements/rasa.txt | $(UV)
	@echo "Installing Rasa's environment (Python 3.10) …" >&2
	@test -x .venv-rasa/bin/python || $(UV) venv -q -p 3.10 .venv-rasa >&2
	@$(UV) pip sync -q -p .venv-rasa --require-hashes requirements/rasa.txt >&2
	@touch $@

# A machine that has the tests' packages keeps them: they hold the application's own, same versions.
.venv/.installed: requirements/app.txt | $(UV)
	@if ! test .venv/.installed-dev -nt requirements/dev.txt; then \
	  echo "Installing the application's environment (Python 3.12) …" >&2; \
	  test -x .venv/bin/python || $(UV) venv -q -p 3.12 .venv >&2; \
	  $(UV) pip sync -q -p .venv --require-hashes requirements/app.txt >&2; fi
	@touch $@

.venv/.installed-dev: requirements/dev.txt | $(UV)
	@echo "Installing the application's environment with what the tests need (Python 3.12) …" >&2
	@test -x .venv/bin/python || $(UV) venv -q -p 3.12 .venv >&2
	@$(UV) pip sync -q -p .venv --require-hashes requirements/dev.txt >&2
	@touch $@ .venv/.installed

.venv/.installed-noise: requirements/noise.txt .venv/.installed | $(UV)
	@echo "Adding what makes noise in the figures (265 MB) …" >&2
	@$(UV) pip install -q -p .venv --require-hashes -r requirements/noise.txt >&2
	@touch $@

INSTALLED := .venv/.installed .venv-rasa/.installed

noise: .venv/.installed-noise ## add the package that COMADRE_FIGURES_EPSILON needs

run: $(INSTALLED) ## start everything; Ctrl-C stops it
	@exec $(PY) -m bot run

train: $(INSTALLED) ## train the understanding if its inputs have changed
	@$(PY) -m bot train

parse: $(INSTALLED) ## understanding only: JSON Lines in, JSON Lines out
	@$(PY) -m bot parse

converse: $(INSTALLED) ## whole conversations: JSON Lines in, JSON Lines out
	@$(PY) -m bot converse

evaluate: $(INSTALLED) ## score the understanding on the development set
	@$(PY) -m bot evaluate

bench: .venv/.installed-dev .venv-rasa/.installed ## speed, memory, load, faults, beside a stock Rasa: docs/benchmarks
	@$(PY) -m bench

test: .venv/.installed-dev .venv-rasa/.installed ## all tests
	@$(PY) -m bot train
	@# On every core first; then what starts the whole system, one at a time.
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not running" $(PYTEST) || test $$? = 5
	@$(PY) -m pytest -m running $(PYTEST) || test $$? = 5

check: .venv/.installed-dev ## lint, direction of imports, types
	@.venv/bin/ruff check . && .venv/bin/lint-imports --no-cache --no-logo >&2 && .venv/bin/mypy

audit: .venv/.installed-dev ## known faults of what is installed (asks the package index; ADVISORIES=folder: a copy of its database)
	@$(PY) .ci/audit.py $(if $(ADVISORIES),--database "$(ADVISORIES)")

docs: .venv/.installed-dev ## the documentation site, in var/site
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict && echo "open var/site/index.html" >&2

lock: | $(UV) ## resolve requirements/*.in again
	@for name in rasa app noise dev; do \
	  version=3.12; test $$name = rasa && version=3.10; \
	  $(UV) pip compile -q -p $$version --generate-hashes --no-header \
	    requirements/$$name.in -o requirements/$$name.txt; done
