# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SYSTEM := $(VENV)/.system
ON_SCREEN := $(or $(DISPLAY),$(WAYLAND_DISPLAY))

# What a bare Debian lacks for the window, sound and the tests.
DEBIAN := python3-venv libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libpulse0 libssl3 \
	libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxcb-randr0 \
	libxkbcommon-x11-0 libwayland-cursor0 libwayland-egl1 libxrandr2 libgssapi-krb5-2 fonts-dejavu-core
DEBIAN_TESTS := xvfb xauth x11-utils binutils gnome-keyring dbus nodejs

.PHONY: help run setup system test check format bench tour crash soak package clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup  ## start the terminal in practice mode (without a display: the tour)
ifneq ($(ON_SCREEN),)
	$(BIN)/python main.py --practice
else
	@echo "No display: driving the tour instead; pictures go to build/tour."
	$(BIN)/python main.py --tour build/tour
endif

setup: $(SYSTEM) $(STAMP)  ## make the environment from the lock file

system:  ## install (root) or name (else) the system libraries
	@sh packaging/system.sh $(DEBIAN) $(DEBIAN_TESTS)

$(SYSTEM): packaging/system.sh Makefile
	@sh packaging/system.sh $(DEBIAN) $(DEBIAN_TESTS)
	@mkdir -p $(VENV) && touch $@

$(STAMP): requirements.lock | $(SYSTEM)
	$(PYTHON) -c 'import sys; sys.exit("Overround needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

test: setup  ## the whole suite, headless
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist loadgroup

check: setup  ## format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

format: setup  ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## measure; figures go to build/bench.json
	$(BIN)/python -m benchmarks

tour: setup  ## drive the window through the main job, offscreen
	$(BIN)/python main.py --tour build/tour

crash: setup  ## 200 times kill -9 at the worst moments; figures go to build/crash.json
	$(BIN)/python -m tests.faults.crash --kills 200 --out build/crash.json

soak: setup  ## the order state machine at length (hours), and 1,000 kills
	QT_QPA_PLATFORM=offscreen ORDER_MACHINE=soak $(BIN)/python -m pytest -n 2 --timeout 0 tests/faults/machine
	$(BIN)/python -m tests.faults.crash --kills 1000 --out build/crash-soak.json

package: setup  ## a frozen program and a .deb of it, both tried out
	$(BIN)/python packaging/build.py

clean:  ## remove what was built
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
