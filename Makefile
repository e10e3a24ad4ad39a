# Two commands do everything on a fresh Debian machine with a Swift toolchain: `make demo` and `make test`.

SWIFT ?= swift
# Root needs no sudo, and a container has none.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# Where `make install` puts the tool; DESTDIR stages it elsewhere.
PREFIX ?= /usr/local
DESTDIR ?=
# Every Swift file but the build's.
SOURCES := Package.swift Sources Tests

.PHONY: deps build test lint format demo release install uninstall deb check-deb bench fuzz sdk soak tsan asan documentation clean

deps:
	@missing=; for package in libxml2-dev libsqlite3-dev; do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "installing$$missing"; \
		$(SUDO) apt-get update -q && $(SUDO) apt-get install -y --no-install-recommends $$missing; \
	fi

build: deps
	$(SWIFT) build

# The optimized binary with the Swift runtime inside, at .build/release-static/polar-seats: stripped, its shared libraries
# checked, its size and start-up printed.
release: deps
	@SWIFT=$(SWIFT) packaging/release

RELEASED := .build/release-static/polar-seats

$(RELEASED):
	@$(MAKE) --no-print-directory release

# What `make release` built (so that root needs no Swift): binary, man pages, completions, documents.
install: $(RELEASED)
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' packaging/install install $(RELEASED)

uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' packaging/install uninstall $(RELEASED)

# A Debian package in .build, and the same in use in a clean Debian root; 77 means that there can be no such root here.
deb: release
	@packaging/deb

check-deb:
	@status=0; packaging/check-deb $(wildcard .build/polar-seats_*.deb) || status=$$?; [ $$status -eq 77 ] || exit $$status

test: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# Longer runs of the tests that are driven by a seed: crashes, undone runs, many random worlds, runs among others who write,
# a million rows in large worlds, hostile answers and odd arguments, and the sanitizers. Two or three hours on two cores.
soak: deps
	$(SWIFT) build --build-tests
	POLAR_SEATS_CRASHES=400 POLAR_SEATS_UNDOS=600 POLAR_SEATS_WORLDS=10000 POLAR_SEATS_KILLS=300 \
		$(SWIFT) test --skip-build --filter "SeatRunsTests.(CrashTests|UndoTests|PlanPredictionTests)|SoakTests"
	POLAR_SEATS_PLANS=20000 POLAR_SEATS_PLAN_COMMANDS=400 $(SWIFT) test --skip-build --filter "PlanFuzz"
	POLAR_SEATS_ANSWERS=20000 POLAR_SEATS_ARGUMENTS=20000 POLAR_SEATS_HOSTILE_SERVERS=500 \
		$(SWIFT) test --skip-build --filter "AnswerFuzzTests|OddArgumentTests|HostileServerTests"
	POLAR_SEATS_MONTHS=40 $(SWIFT) test --skip-build --filter SimulatedMonthTests
	POLAR_SEATS_CONCURRENT_WRITERS=1000 $(SWIFT) test --skip-build --filter SeatRunsTests.ConcurrentWriterTests
	POLAR_SEATS_INTERFERENCE=200 $(SWIFT) test --skip-build --filter InterferenceCommandTests
	POLAR_SEATS_WORLDS=2800 POLAR_SEATS_WORLD_SCALE=50 $(SWIFT) test --skip-build --filter SeatRunsTests.PlanPredictionTests
	$(MAKE) asan
	$(MAKE) tsan

# The tests of the concurrent targets under the thread sanitizer, those of the targets with unsafe code under the address
# sanitizer, each built in a folder of its own.
tsan: deps
	@SWIFT=$(SWIFT) packaging/sanitize thread

asan: deps
	@SWIFT=$(SWIFT) packaging/sanitize address

# The documentation of the library PolarAPI, without warnings, in .build/PolarAPI.doccarchive.
documentation: deps
	@SWIFT=$(SWIFT) packaging/documentation

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

demo: build
	@samples/demo.sh "$$($(SWIFT) build --show-bin-path)/polar-seats"

# Polar's own Python SDK against the embedded server; skipped, visibly, where it cannot be had.
sdk: build
	@Tests/sdk/run "$$($(SWIFT) build --show-bin-path)/polar-seats"

# Ours beside its peers, as a table; Benchmarks/README.md says how it measures.
bench: deps
	@Benchmarks/run

clean:
	$(SWIFT) package clean

# libFuzzer on both readers, the decoders of a server's answers and the opening of plans, a minute each; 77 means that the
# toolchain has no libFuzzer.
fuzz: deps
	@status=0; Fuzz/run $(or $(SECONDS_EACH),60) $(FORM) || status=$$?; \
	if [ $$status -eq 77 ]; then echo "fuzz: skipped, the toolchain has no libFuzzer"; else exit $$status; fi
