# The whole developer interface. `make run` and `make test` need Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

# A hundred processes import the same modules: what one of them compiles is kept, whatever the machine's images say.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check fix bench lock

run: .venv/runtime.stamp
	@exec $(BIN)/python -m config.supervisor

# The checks run beside the tests, in the time that those wait for servers and browsers; their output comes after.
# apt-get and pip download side by side, too.
test:
	@$(PYTHON) -m scripts.tools & tools=$$!; \
	$(MAKE) --no-print-directory .venv/dev.stamp; made=$$?; \
	wait $$tools && exit $$made
	@mkdir -p var
	@-$(BIN)/python -m compileall -q -j 0 accounts api config crm realtime scripts workflows
	@nice -n 19 $(MAKE) --no-print-directory check >var/check.log 2>&1 & checks=$$!; \
	$(BIN)/python -m pytest -n logical --maxprocesses 4; tests=$$?; \
	wait $$checks; checks=$$?; cat var/check.log; \
	test $$tests -eq 0 -a $$checks -eq 0

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.migrations
	$(BIN)/python -m scripts.generated --check
	$(BIN)/python -m scripts.messages --check
	$(BIN)/python -m scripts.sizes

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m scripts.generated
	$(BIN)/python -m scripts.messages

bench: .venv/dev.stamp
	$(BIN)/python -m bench

lock: .venv/dev.stamp
	$(LOCK) requirements/runtime.in -o requirements/runtime.lock
	$(LOCK) -c requirements/runtime.lock requirements/dev.in -o requirements/dev.lock

# A stamp holds its lock's hash: an unchanged lock installs nothing, whatever the files' times say.
.venv/%.stamp: FORCE
	@$(PYTHON) scripts/environment.py $*

FORCE:
