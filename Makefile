# Everything installs itself: `make run` for a practice, `make test` for the proof. `make` alone lists all there is.
SHELL := /bin/sh
BIN := .venv/bin

PRACTICE ?= practice
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check format bench constraints clean

help:  ## This list
	@echo 'ChartRelay. What you can make:'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run:  ## The whole line on a made-up practice in ./practice (PRACTICE=folder for another), until Ctrl-C
	@tools/setup/setup.sh run
	@test -e "$(PRACTICE)" || $(BIN)/chartrelay init "$(PRACTICE)" --sample
	@exec $(BIN)/chartrelay up --home "$(PRACTICE)"

test: check  ## The checks, and all tests on real servers of their own (ARGS='-k inbox' for some, WORKERS=4 for more at once)
	@tools/setup/setup.sh test
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

check:  ## Style, types, and which room may know which
	@tools/setup/setup.sh check
	@$(BIN)/ruff check --quiet && echo 'ruff: style is right'
	@$(BIN)/ruff format --quiet --check && echo 'ruff: layout is right'
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format:  ## Lay the source out, and mend what can be mended by itself
	@tools/setup/setup.sh check
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench:  ## How fast the line is here
	@tools/setup/setup.sh test
	@$(BIN)/python -m benchmarks $(ARGS)

constraints:  ## Renew constraints.txt: the newest versions that suit
	@tools/setup/setup.sh check
	@$(BIN)/python tools/setup/renew_constraints.py

clean:  ## Remove what was installed and cached here; never a practice
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
