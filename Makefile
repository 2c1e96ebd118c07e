# make test FILTER=SPOPTests runs one target's tests; ARGS='...' goes to swift test as it is.

RELEASE = swift build -c release --static-swift-stdlib
SWIFT_FILES = Package.swift Sources Tests Benchmarks Fuzz
SHELL_FILES = scripts/*.sh scripts/lib/*.sh scripts/systemd/*.sh .ci/run

DURATION = $(or $(SECONDS),60)

.DEFAULT_GOAL := help
.PHONY: help swift deps build release deb rpm test test-systemd test-tsan test-asan fuzz soak demo bench lint format \
    version clean

include packaging/install.mk

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile packaging/install.mk | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# The first thing that is said, before anything is installed or waited for.
swift:
	@scripts/check-swift.sh

deps: ## install what is missing for all the targets (Debian packages)
	@scripts/install-deps.sh build demo bench test lint deb rpm systemd

build: swift ## debug build
	@scripts/install-deps.sh build
	swift build

release: swift ## optimised build; the binaries need no Swift on the machine they run on
	@scripts/install-deps.sh build
	$(RELEASE)

deb: swift ## Debian package in .build/deb, checked by lintian
	@scripts/install-deps.sh build deb
	@scripts/deb.sh
	@scripts/check-hardening.sh

rpm: swift ## RPM package in .build/rpm
	@scripts/install-deps.sh build rpm
	@scripts/rpm.sh

test: swift ## all tests, with real HAProxy 2.6, 3.0, 3.2 and 3.4; FILTER=NAME runs some, FULL=1 in full length
	@scripts/install-deps.sh build test
	@$(if $(FULL),SPOA_MIRROR_FULL_LENGTH=1) scripts/test.sh $(if $(FILTER),--filter '$(FILTER)') $(ARGS)

test-systemd: swift ## the package in a Debian 12 that is booted for it: install, restart, upgrade, purge; needs root
	@scripts/install-deps.sh build deb systemd
	@scripts/test-systemd.sh

test-tsan: swift ## the tests with ThreadSanitizer; FILTER=NAME runs some
	@scripts/install-deps.sh build test
	@scripts/sanitize.sh thread $(if $(FILTER),'$(FILTER)')

test-asan: swift ## the tests with AddressSanitizer and LeakSanitizer; FILTER=NAME runs some
	@scripts/install-deps.sh build test
	@scripts/sanitize.sh address $(if $(FILTER),'$(FILTER)')

fuzz: swift ## each fuzzer for SECONDS=60; NAMES='session notify admin options state http answer' runs some
	@scripts/install-deps.sh build
	@scripts/fuzz.sh $(DURATION) $(NAMES)

soak: swift ## MINUTES=3 of mixed traffic while settings change and mirrors fail at random; SEED=N runs one again
	@scripts/install-deps.sh build bench test
	@scripts/soak.sh $(or $(MINUTES),3)

demo: swift ## HAProxy, agent and two nginx on real traffic; KEEP=1 leaves them running, for curl and mirrorctl
	@CHECK_ONLY=1 scripts/demo.sh
	@scripts/install-deps.sh build demo
	@scripts/demo.sh

bench: swift ## what the agent costs, in a table and as JSON; QUICK=1 takes a minute; see scripts/bench.sh
	@scripts/install-deps.sh build bench
	@scripts/bench.sh $(ARGS)

lint: swift ## formatting and shell scripts
	@scripts/install-deps.sh lint
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	shellcheck $(SHELL_FILES)

format: swift ## format the Swift files in place
	swift format --in-place --recursive --parallel $(SWIFT_FILES)

version: ## print the version, or set it in every file that spells it: VERSION=1.2.3
	@scripts/version.sh '$(VERSION)'

clean: ## remove what was built
	rm -rf .build .build-*
