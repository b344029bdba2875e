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

GRAPHIQL := api/pages/assets/graphiql/graphiql.js
GRAPHQL_CLIENTS := tests/graphql/clients/node_modules/.installed
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: install serve test check lock clean graphiql

install: .venv/.dev graphiql

# The editor of /graphql and clients for the tests, from npm. Without Node the server runs, with a plain form.
graphiql: $(GRAPHIQL) $(GRAPHQL_CLIENTS)

# No development dependency is needed to serve.
serve: .venv/.run-time
	$(if $(HOST),KG_HOST='$(HOST)') $(if $(PORT),KG_PORT='$(PORT)') exec .venv/bin/kg serve

test: check graphiql
	.venv/bin/python -m pytest --quiet -m slow

check: .venv/.dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest --quiet -m "not slow"

lock: | .venv/bin/python
	$(PIP) install $(UV)
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(dir $(GRAPHIQL)) web/graphql/node_modules $(dir $(GRAPHQL_CLIENTS)) .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(GRAPHIQL): $(addprefix web/graphql/,package-lock.json package.json build.js graphiql.jsx)
	@if command -v npm > /dev/null; then cd web/graphql && $(NPM_CI) && npm run --silent build && touch ../../$@; \
	else echo "*** no npm: /graphql will show a plain form instead of GraphiQL" >&2; fi

$(GRAPHQL_CLIENTS): $(addprefix tests/graphql/clients/,package-lock.json package.json)
	@if command -v npm > /dev/null; then cd tests/graphql/clients && $(NPM_CI) && touch node_modules/.installed; \
	else echo "*** no npm: GraphQL clients in JavaScript will not be tested" >&2; fi

.venv/.run-time: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --editable .
	touch .venv/.run-time $@
