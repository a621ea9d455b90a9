# The commands of the house. `make run` and `make test` set up whatever they miss; both work on a fresh Debian 12 that has git, curl,
# Rust and Node 20.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

target := $(or $(CARGO_TARGET_DIR),target)
phase := .ci/phase
npm := npm --prefix ui

# Everything in one selection: cargo then builds each dependency once, with one set of features, for the programs and for the tests.
everything := --workspace --all-targets
heavy := --workspace --test windows --test 'bench_*'

# What the tests start as a person would.
export FIREWATCH_BIN ?= $(abspath $(target))/debug/firewatch
export FIREWATCHCTL_BIN ?= $(abspath $(target))/debug/firewatchctl

ui_sources := $(shell find ui/src ui/public -type f 2>/dev/null) $(wildcard ui/*.html ui/*.json ui/*.js ui/*.ts)
judges := tests/judges

.PHONY: help run test build soak bench package screenshots fmt clean set-up set-up-tests ui

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

run: set-up ui ## set up what is missing, build, open the window
	cargo build --workspace --bins
	@.ci/run-window $(target)/debug/firewatch $(ARGS)

# A run from nothing has no use for what would make its next build quicker, and that is a third of the disk.
test: export CARGO_INCREMENTAL = 0

# One line per phase, so that `make -n test` only shows them; the clock is read when make expands the recipe, before its first line.
test: set-up-tests ## set up what is missing, then everything CI runs
	@$(phase) 'ui packages' $(MAKE) ui/node_modules/.installed
	@$(phase) 'formatting, Rust' cargo fmt --all --check
	@$(phase) 'formatting and lints, ui' $(npm) run lint
	@$(phase) 'types, ui' $(npm) run check
	@$(phase) 'unit tests, ui' $(npm) test
	@$(phase) 'build, ui' $(MAKE) ui/dist/index.html
	@$(phase) 'screens in a browser' $(npm) run e2e
	@$(phase) 'lints, Rust' cargo clippy $(everything) -- -D warnings
	@$(phase) 'lints, heavy tests' cargo clippy $(heavy) -- -D warnings
	@$(phase) 'build, Rust' cargo build $(everything)
	@$(phase) 'unit, property and flow tests' cargo test --workspace --no-fail-fast
	@$(phase) 'the real window' cargo test --workspace --test windows -- --test-threads=1
	@echo "== everything passed in $$(( $$(date +%s) - $(shell date +%s) )) s"

build: set-up ui ## release programs: target/release/firewatch and firewatchctl
	cargo build --release --workspace --bins

soak bench: export FIREWATCH_BIN = $(abspath $(target))/release/firewatch
soak bench: export FIREWATCHCTL_BIN = $(abspath $(target))/release/firewatchctl

soak: export FIREWATCH_SOAK = 1
soak: set-up-tests ui ## the same tests with their heavy counts, whole
	cargo build --release --workspace --bins
	cargo test --release --workspace --no-fail-fast -- --test-threads=1
	cargo test --release --workspace --test windows -- --test-threads=1

bench: set-up-tests ui ## measure, optimised and alone
	cargo build --release --workspace --bins
	@rm -rf $(target)/bench/table
	cargo test --release --workspace --test 'bench_*' -- --nocapture --test-threads=1
	@echo; cat $(target)/bench/table/table.md

package: set-up ui ## .deb and .rpm under target/release/bundle
	cargo build --release --workspace --bins
	npx --yes --package @tauri-apps/cli@2.12.5 tauri build --bundles deb,rpm

screenshots: set-up-tests ui ## the README's pictures, and every page from the drill in target/screenshots
	cargo build --workspace --bins
	FIREWATCH_PICTURES=docs/pictures cargo test --workspace --test windows -- --test-threads=1 window_drill window_axe

fmt: ui/node_modules/.installed ## format everything
	cargo fmt --all
	$(npm) run format

clean: ## remove what was built
	cargo clean
	rm -rf ui/dist ui/dist-fake ui/node_modules $(judges)/node_modules $(judges)/venv

set-up:
	@.ci/set-up-system build

set-up-tests:
	@.ci/set-up-system test
	@$(MAKE) $(judges)/node_modules/.installed $(judges)/venv/.installed

# Strangers' programs that judge ours; no part of the application.
$(judges)/node_modules/.installed: $(judges)/package-lock.json $(judges)/package.json
	cd $(judges) && npm ci --no-fund --no-audit
	@touch $@

$(judges)/venv/.installed: $(judges)/requirements.txt
	python3 -m venv $(judges)/venv
	$(judges)/venv/bin/pip install --quiet --disable-pip-version-check -r $(judges)/requirements.txt
	@touch $@

ui: ui/dist/index.html

ui/node_modules/.installed: ui/package-lock.json ui/package.json
	cd ui && npm ci --no-fund --no-audit
	@touch $@

ui/dist/index.html: ui/node_modules/.installed $(ui_sources)
	$(npm) run build
	@touch $@
