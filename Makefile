# SPDX-License-Identifier: Apache-2.0
#
# A small front for meson and ninja. The two commands of the README are `make demo` and `make check`.

BUILD ?= build
MESON_FLAGS ?=
DESTDIR ?=
PREFIX ?= /usr/local

NINJA := ninja $(if $(CI),--quiet)
SANITIZE := -Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=all

# Tests, lab and demo run the programs of this folder.
export CABLED_BIN := $(abspath $(BUILD))/bin

.DEFAULT_GOAL := all
.PHONY: all deps deps-build deps-demo deps-check deps-asan deps-bench deps-fresh configure guest clients demo lab \
	check check-asan asan-gcc asan-clang check-fresh fuzz mutation thousands bench bench-cable-vif bench-forwarding \
	bench-recovery bench-sync bench-vms install clean

all: configure
	@$(NINJA) -C $(BUILD)

deps:
	@scripts/deps

deps-build:
	@scripts/deps build

deps-demo:
	@scripts/deps build run

deps-check:
	@scripts/deps build run test

deps-asan:
	@scripts/deps build run test asan

deps-bench:
	@scripts/deps build run bench

deps-fresh:
	@scripts/deps fresh

configure: deps-build
	@scripts/configure $(BUILD) --prefix=$(PREFIX) $(MESON_FLAGS)

# The guests' kernel and initramfs, made once and kept in the cache.
guest: deps-demo
	@lab/guest/image

# Clients of the XenAPI that the tests run, installed once and kept in the cache.
clients: deps-check
	@scripts/clients >/dev/null

demo: deps-demo all guest
	@lab/demo

lab: deps-demo all guest
	@lab/lab up && lab/lab shell

check: deps-check all guest clients
	@scripts/check $(BUILD)

check-asan: deps-asan asan-gcc asan-clang guest clients
	@scripts/check build-asan-gcc build-asan-clang

# gcc's shared UBSan runtime ignores log_path when ASan is there as well (gcc 12): a daemon's report would be lost.
asan-gcc: deps-asan
	@CC=gcc scripts/configure build-asan-gcc $(SANITIZE) -Dc_link_args=-static-libubsan
	@$(NINJA) -C build-asan-gcc

# clang's sanitizer runtime is linked into programs only, so shared objects would have undefined symbols.
asan-clang: deps-asan
	@CC=clang scripts/configure build-asan-clang $(SANITIZE) -Db_lundef=false
	@$(NINJA) -C build-asan-clang

# Each fuzzer for ten seconds; tests/fuzz/run takes another time and names.
fuzz: deps-asan
	@tests/fuzz/run

# Every single change of what decides must be noticed by a test; `make check` looks at a sample.
mutation: deps-check all
	@tests/mutation/run $(BUILD)

# What test_thousands.py shows with few VIFs in a usual run: a quarter of an hour.
thousands: deps-check all
	@cd tests/e2e && CABLED_VIFS=2000 /usr/bin/python3 -B -m pytest -p no:cacheprovider -q test_thousands.py

check-fresh: deps-fresh
	@scripts/check-fresh

# How close the agent is to the least that there is to do, and how long VM.start takes; `make bench QUICK=1` in two minutes.
bench: deps-bench all
	@$(NINJA) -C $(BUILD) --quiet bench/floor bench/watcher
	@CABLED_BENCH=$(abspath $(BUILD))/bench bench/run $(if $(QUICK),--quick) --json $(BUILD)/reports/bench.json
	@bench/vms $(if $(QUICK),--quick) --json $(BUILD)/reports/vms.json

# What guards cost while frames are forwarded, in each variant of the rules.
bench-forwarding: deps-demo all
	@bench/forwarding --json $(BUILD)/reports/forwarding.json

# What one change of an identity costs beside ten interfaces and beside a thousand; `make bench-sync QUICK=1` in half of the time.
bench-sync: deps-bench all
	@bench/sync $(if $(QUICK),--quick) --json $(BUILD)/reports/sync.json

# From VM.start to a cabled guest, one at a time and in storms; `make bench-vms QUICK=1` in a minute.
bench-vms: deps-demo all
	@bench/vms $(if $(QUICK),--quick) --json $(BUILD)/reports/vms.json

# How long XenServer's `online` takes with cable-vif.
bench-cable-vif: deps-check all
	@bench/cable-vif --json $(BUILD)/reports/cable-vif.json

# How long it takes until everything is back: 200 VIFs, five rounds. bench/recovery takes other figures.
bench-recovery: deps-demo all
	@bench/recovery

install: all
	@meson install -C $(BUILD) --no-rebuild --quiet $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

clean:
	rm -rf build build-*
