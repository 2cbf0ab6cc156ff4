# make demo           everything from nothing: .venv, a simulated bank, thirty business days, the report in your browser
# make demo SERVE=0   the same, and ends by itself
# make words          renew the screens' catalogues of words (needs gettext)
# make test           everything that tests need, then all checks and tests but the slow ones
# make test-slow      the slow ones
# make lock           renew the lock files after a change of pyproject.toml (needs uv)

SERVE ?= 1
JOBS ?= 2
BIN := .venv/bin
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet

.PHONY: demo test test-slow lock words
.SILENT:

demo:
	sh .ci/environment requirements.lock
	$(BIN)/arrears demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test:
	sh .ci/environment requirements-test.lock
	sh .ci/packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not slow"

test-slow:
	sh .ci/environment requirements-test.lock
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m slow

words:
	sh .ci/words

lock:
	$(LOCK) pyproject.toml --extra build -o requirements.lock
	$(LOCK) -c requirements.lock pyproject.toml --extra build --extra test -o requirements-test.lock
