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

# Other engines of `make bench`: the server of Apache Jena, where Maven puts it, and one in an environment of its own.
FUSEKI := org.apache.jena:jena-fuseki-server:5.6.0
FUSEKI_JAR ?= $(lastword $(sort $(wildcard $(HOME)/.m2/repository/org/apache/jena/jena-fuseki-server/*/*-server-*.jar)))
RDFLIB_ENDPOINT := bench/work-rdflib-endpoint/bin/rdflib-endpoint
QUADS ?= 1000000

EDITOR := api/pages/assets/yasgui/yasgui.min.js
GRAPHIQL := api/pages/assets/graphiql/graphiql.js
CLIENTS := tests/clients/node_modules/.installed tests/graphql/clients/node_modules/.installed
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: install develop serve test check bench bench-fuseki lock clean

# The set-up that serving and testing share: the program and, from npm, the editors of /sparql and /graphql. Without
# Node the server runs, with plain forms.
install: .venv/.run-time $(EDITOR) $(GRAPHIQL)

# What only tests need: development dependencies, and clients in JavaScript.
develop: install .venv/.dev $(CLIENTS)

serve: install
	$(if $(HOST),KG_HOST='$(HOST)') $(if $(PORT),KG_PORT='$(PORT)') exec .venv/bin/kg serve

test: check
	.venv/bin/python -m pytest --quiet -m slow

check: develop
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest --quiet -m "not slow"

# Beside other engines, on generated data; options in docs/benchmarks.md. rdflib-endpoint does not finish more.
bench: develop $(if $(filter 1,$(shell test $(QUADS) -le 100000 && echo 1)),$(RDFLIB_ENDPOINT))
	.venv/bin/python -m bench.run --quads $(QUADS) $(if $(FUSEKI_JAR),--fuseki-jar '$(FUSEKI_JAR)') \
		--rdflib-endpoint $(RDFLIB_ENDPOINT) $(BENCH)

bench-fuseki:
	mvn --batch-mode --quiet dependency:get -Dartifact=$(FUSEKI) -Dtransitive=false

# Without it the benchmark says so and goes on.
$(RDFLIB_ENDPOINT):
	-$(PYTHON) -m venv bench/work-rdflib-endpoint && bench/work-rdflib-endpoint/bin/python -m pip --quiet \
		--disable-pip-version-check install 'rdflib-endpoint[cli]==0.6.3' 'rdflib==7.6.0'

lock: | .venv/bin/python
	$(PIP) install $(UV)
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(dir $(EDITOR) $(GRAPHIQL) $(CLIENTS)) web/node_modules web/graphql/node_modules .venv build dist
	rm -rf bench/work-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(EDITOR): web/package-lock.json web/package.json
	@if command -v npm > /dev/null; then \
		cd web && $(NPM_CI) && mkdir -p ../$(@D) && cp node_modules/@zazuko/yasgui/build/yasgui.min.js \
		node_modules/@zazuko/yasgui/build/yasgui.min.css ../$(@D)/ && touch ../$@; \
	else echo "*** no npm: /sparql will show a plain form instead of the editor" >&2; fi

$(GRAPHIQL): $(addprefix web/graphql/,package-lock.json package.json build.js graphiql.jsx)
	@if command -v npm > /dev/null; then cd web/graphql && $(NPM_CI) && npm run --silent build && touch ../../$@; \
	else echo "*** no npm: /graphql will show a plain form instead of GraphiQL" >&2; fi

$(CLIENTS): %/node_modules/.installed: %/package-lock.json %/package.json
	@if command -v npm > /dev/null; then cd $* && $(NPM_CI) && touch node_modules/.installed; \
	else echo "*** no npm: clients in JavaScript will not be tested" >&2; fi

.venv/.run-time: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --editable .
	touch .venv/.run-time $@
