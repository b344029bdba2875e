# The few commands people and CI share. Only python3 (3.11 or newer, with venv) is taken for granted.

PYTHON ?= python3
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check
UV := uv==0.13.9
LOCK := .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command 'make lock' --quiet

# Texts of sources, for full spans on pages; one folder beside the repository is looked at unasked.
KG_ARCHIVE_DIR ?= $(wildcard ../shared/domain)
ifneq ($(KG_ARCHIVE_DIR),)
export KG_ARCHIVE_DIR
endif

# Where Maven puts the server of Apache Jena, for `make bench`.
FUSEKI_JAR ?= $(lastword $(sort $(wildcard $(HOME)/.m2/repository/org/apache/jena/jena-fuseki-server/*/*-server-*.jar)))
QUADS ?= 1000000

.PHONY: install serve test check bench lock clean

install: .venv/.dev

# No development dependency is needed to serve.
serve: .venv/.run-time
	$(if $(HOST),KG_HOST='$(HOST)') $(if $(PORT),KG_PORT='$(PORT)') exec .venv/bin/kg serve

test: check
	.venv/bin/python -m pytest --quiet -m slow

check: .venv/.dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest --quiet -m "not slow"

# Beside other engines, on generated data; options in docs/benchmarks.md.
bench: .venv/.dev
	.venv/bin/python -m bench.run --quads $(QUADS) $(if $(FUSEKI_JAR),--fuseki-jar '$(FUSEKI_JAR)') $(BENCH)

lock: | .venv/bin/python
	$(PIP) install $(UV)
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run-time: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --editable .
	touch .venv/.run-time $@
