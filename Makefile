# Everything a person does with this checkout. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
CODE := $(wildcard src tests tools benchmarks)
BENCHMARKS := $(wildcard $(addprefix benchmarks/,first_path.py whole_catalogue.py single_evaluation.py report.py))
VENDOR := src/xinqiao/portal/static/vendor

# A step is done when the stamp with the checksum of what it was made from is there, so a second run is quick
# and a change of branch is noticed whatever the files' dates.
checksum = $(shell cat /dev/null $(wildcard $(1)) | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/stamps/runtime-$(call checksum,requirements.lock pyproject.toml)
DEVELOPMENT := $(VENV)/stamps/development-$(call checksum,requirements.lock requirements-dev.lock pyproject.toml)
ASSETS := $(VENV)/stamps/assets-$(call checksum,tools/assets.py package.json package-lock.json)

INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input

##@ Use
.PHONY: help demo serve
help:  ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo

demo: setup  ## Invent a small city, deliver, evaluate, and serve its page on this machine
	@$(BIN)/xinqiao demo

serve: setup  ## Serve the page on the records that are already there
	@$(BIN)/xinqiao serve

##@ Set up
.PHONY: setup lock clean
setup: $(RUNTIME) $(ASSETS)  ## Install what running needs into .venv; quick when nothing changed

lock:  ## Write both lock files anew; `make lock UPGRADE=1` takes newer versions
	@$(MAKE) $(DEVELOPMENT)
	@$(call compile,requirements-dev.lock,--extra dev)
	@$(call compile,requirements.lock,--constraint requirements-dev.lock)

clean:  ## Remove the environment, the page's libraries and all caches; the data in var/ stays
	rm -rf $(VENV) $(VENDOR) src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Judge
.PHONY: check test fast bench
check: $(DEVELOPMENT)  ## Lint, formatting, types, architecture
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports --no-logo

test: $(DEVELOPMENT) $(ASSETS) browser check  ## Everything a change must pass; installs what is missing
	@$(BIN)/pytest -n 2

fast: $(DEVELOPMENT)  ## Tests without the browser's journeys, up to the first failure
	@$(BIN)/pytest -n 2 -x -q --ignore=tests/journeys

bench: setup  ## Run the benchmarks; the largest city has a million firms
	@for script in $(BENCHMARKS); do echo "$$script"; $(BIN)/python "$$script"; done

# How it is done

$(VENV)/stamps/venv:
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then mkdir -p $(@D); touch $@; exit 0; fi; \
	for python in "$${PYTHON:-}" python3.12 python3.11 python3.13 python3; do \
		[ -n "$$python" ] || continue; \
		"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Making $(VENV) with $$("$$python" --version)."; \
		rm -rf $(VENV); "$$python" -m venv $(VENV); mkdir -p $(@D); touch $@; exit 0; \
	done; \
	echo "No Python 3.11 or newer with the venv module was found." >&2; \
	echo "Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere name one: make setup PYTHON=/path/to/python3.11" >&2; \
	exit 1

# The packages are checked against the lock's hashes; the product itself is installed from this checkout.
$(RUNTIME): | $(VENV)/stamps/venv
	@echo "Installing the libraries of requirements.lock (about half a minute)."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/stamps/runtime-*; touch $@

$(DEVELOPMENT): | $(RUNTIME)
	@echo "Installing the tools of requirements-dev.lock (about half a minute)."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/stamps/development-*; touch $@

ifeq ($(wildcard $(VENDOR)),)
.PHONY: $(ASSETS)
endif
$(ASSETS): | $(RUNTIME)
	@$(BIN)/python tools/assets.py
	@rm -f $(VENV)/stamps/assets-*; touch $@

# The journeys are walked in a real browser, and the pages are Chinese.
.PHONY: browser
browser:
	@missing=(); \
	command -v chromium >/dev/null || missing+=(chromium); \
	command -v pdftotext >/dev/null || missing+=(poppler-utils); \
	[ -n "$$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || missing+=(fontconfig fonts-noto-cjk); \
	[ $${#missing[@]} -gt 0 ] || exit 0; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The page tests need: $${missing[*]}. Install them (Debian: sudo apt-get install $${missing[*]}) and run make test again." >&2; \
		exit 1; \
	fi; \
	echo "Installing $${missing[*]}."; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq; apt-get install -qq --yes --no-install-recommends "$${missing[@]}" >/dev/null

# The machine's own pip configuration is set aside, so that everybody gets the same lock; a mirror may be named
# with PIP_INDEX_URL. No address of any index is written into the lock.
define compile
	echo "Writing $(1)."; \
	env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
		$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-options \
		--build-deps-for editable $(if $(UPGRADE),--upgrade) $(2) --output-file $(1) pyproject.toml
endef
