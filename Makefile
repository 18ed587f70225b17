# Everything a newcomer needs: `make demo`, `make test`, `make install`. Only Python 3.11+ and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.PHONY: demo test install check suite lock clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml bin/make-venv
	@sh bin/make-venv "$(PYTHON)" "$(VENV)" requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@sh bin/make-venv "$(PYTHON)" "$(VENV)" requirements-dev.lock
	@touch $@

demo: install
	@$(BIN)/moveday demo

# The suite waits a good deal, for clocks and servers: the checks of style and types run beside it.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 check suite

# Collected once beforehand: what pytest makes of the test files is then there for all workers.
suite: $(VENV)/.dev
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --collect-only >/dev/null || true
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

# Needs uv. The two exported files carry hashes and no index address; uv.lock itself is not kept.
lock:
	uv lock
	uv export -q --format requirements-txt --no-emit-project --no-default-groups --group build --no-annotate -o requirements.lock
	uv export -q --format requirements-txt --no-emit-project --all-groups --no-annotate -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
