# The commands of developers and CI; `make help` lists them. Needs only python3 (3.11 or newer, with venv).

PYTHON ?= python3
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --only-binary :all: --require-hashes -r
# The build backend comes from requirements-build.lock, not from an environment of its own that pip would fill unchecked.
INSTALL_PROJECT := $(PIP) install --no-deps --no-build-isolation --editable .
LOCK := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--only-binary :all: --no-annotate --custom-compile-command 'make lock' --quiet
LOCK_FILES := requirements.lock requirements-dev.lock requirements-build.lock
PYTHONS := $(shell sed -nE 's/.*Python :: (3\.[0-9]+)".*/\1/p' pyproject.toml)

# Texts of sources, for full spans on pages; default: a folder beside the repository, if it exists.
KG_ARCHIVE_DIR ?= $(wildcard ../shared/domain)
ifneq ($(KG_ARCHIVE_DIR),)
export KG_ARCHIVE_DIR
endif

# Other engines of `make bench`: Apache Jena Fuseki from Maven, and rdflib-endpoint in its own environment.
FUSEKI := org.apache.jena:jena-fuseki-server:5.6.0
FUSEKI_JAR ?= $(lastword $(sort $(wildcard $(HOME)/.m2/repository/org/apache/jena/jena-fuseki-server/*/*-server-*.jar)))
RDFLIB_ENDPOINT := bench/work-rdflib-endpoint/bin/rdflib-endpoint
QUADS ?= 1000000

# Where it is set, every process that a test starts would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

# Test files are divided among so many processes, one a core; tests/conftest.py has the longest files run first.
JOBS ?= logical
TESTS := .venv/bin/python -m pytest --quiet
PARALLEL_TESTS := $(TESTS) --numprocesses=$(JOBS) --dist=loadfile --no-loadscope-reorder
# Of all tests, only these files are read for the tests that run last.
SERIAL_TESTS = $(TESTS) -m serial $(shell grep --recursive --files-with-matches --include='test_*.py' mark.serial tests)
# They need one core each.
STATIC_CHECKS = $(MAKE) --no-print-directory --jobs --output-sync=target hooks types imports

# Of `make soak`: minutes of mixed load, how many requests of which seed to each kind of server, and how many changes
# that are validated by what they affect and as a whole; and how many times the kills and power cuts of `make test`.
MINUTES ?= 10
FUZZ_COUNT ?= 50000
FUZZ_SEED ?= 1
CHANGES ?= 20000
CHAOS ?= 20

EDITOR := api/pages/assets/yasgui/yasgui.min.js
GRAPHIQL := api/pages/assets/graphiql/graphiql.js
MAP := api/pages/assets/map/leaflet.js
NOTICES := notices.mjs mit-licence.txt
CLIENTS := $(addsuffix /node_modules/.installed,tests/clients tests/graphql/clients tests/edtf/third_opinion)
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.DEFAULT_GOAL := install
.PHONY: help install develop serve test engines check hooks types imports fmt bench bench-fuseki attacks soak picture lock lock-check clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: .venv/.run-time $(EDITOR) $(GRAPHIQL) $(MAP) ## set up the program and, with npm, the editors of /sparql and /graphql and the map

develop: install .venv/.dev $(CLIENTS) ## set up what tests need besides: Python tools, JavaScript clients

serve: install ## serve on http://127.0.0.1:8000/; HOST= and PORT= change that
	$(if $(HOST),KG_HOST='$(HOST)') $(if $(PORT),KG_PORT='$(PORT)') exec .venv/bin/kg serve

test: develop ## all checks but make engines, slow tests included; JOBS=1 runs them one by one
	+$(STATIC_CHECKS)
	$(PARALLEL_TESTS) -m "not serial and not engines"
	$(SERIAL_TESTS)

engines: develop ## the tests over Fuseki and Virtuoso, where these are installed
	$(TESTS) -m engines tests/engines

check: develop ## hooks, types, imports and all tests but the slow ones
	+$(STATIC_CHECKS)
	$(PARALLEL_TESTS) -m "not slow and not serial and not engines"

hooks: develop ## the hooks of pre-commit, over all files
	.venv/bin/pre-commit run --all-files

types: develop ## the type checker
	.venv/bin/mypy

imports: develop ## the contracts between packages
	.venv/bin/lint-imports

fmt: develop ## format Python and apply the linter's safe fixes
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# rdflib-endpoint does not finish more than 100,000 quads.
bench: develop $(if $(filter 1,$(shell test $(QUADS) -le 100000 && echo 1)),$(RDFLIB_ENDPOINT)) ## compare with other engines on generated data; QUADS=, BENCH= (docs/benchmarks.md)
	.venv/bin/python -m bench.run --quads $(QUADS) $(if $(FUSEKI_JAR),--fuseki-jar '$(FUSEKI_JAR)') \
		--rdflib-endpoint $(RDFLIB_ENDPOINT) $(BENCH)
	.venv/bin/python -m bench.lint_cost
	.venv/bin/python -m bench.loading --quads $(QUADS)
	.venv/bin/python -m bench.pages --quads $(QUADS)
	.venv/bin/python -m bench.writing --quads $(QUADS) $(if $(FUSEKI_JAR),--fuseki-jar '$(FUSEKI_JAR)')

bench-fuseki: ## fetch Apache Jena Fuseki for make bench
	mvn --batch-mode --quiet dependency:get -Dartifact=$(FUSEKI) -Dtransitive=false

# Without it the benchmark prints a notice and continues.
$(RDFLIB_ENDPOINT):
	-$(PYTHON) -m venv bench/work-rdflib-endpoint && bench/work-rdflib-endpoint/bin/python -m pip --quiet \
		--disable-pip-version-check install 'rdflib-endpoint[cli]==0.6.3' 'rdflib==7.6.0'

attacks: develop ## attack a server beside well-behaved clients and print what those saw; ATTACKS= options (--help)
	.venv/bin/python -m bench.attacks.run $(ATTACKS)

soak: develop ## ten minutes of mixed load, 100,000 fuzzed requests, 20,000 changes, hundreds of kills and power cuts, other random examples; MINUTES=, FUZZ_COUNT= (a server), FUZZ_SEED=, CHANGES=, CHAOS=
	.venv/bin/python -m bench.attacks.soak --minutes $(MINUTES)
	.venv/bin/python -m tests.fuzz.run --count $(FUZZ_COUNT) --seed $(FUZZ_SEED)
	CHANGES_COUNT=$(CHANGES) CHANGES_SEED=$(FUZZ_SEED) $(TESTS) tests/validation/test_random_changes.py \
		tests/validation/test_second_engine.py
	PUBLISH=shipped $(TESTS) tests/api/static_site/test_published_site.py
	$(MAKE) engines
	CHAOS_SCALE=$(CHAOS) CHAOS_SEED=$(FUZZ_SEED) $(TESTS) tests/chaos
	$(PARALLEL_TESTS) --hypothesis-profile=soak $$(grep --recursive --files-with-matches --include='test_*.py' hypothesis tests)

picture: develop ## take the picture of the README again, in headless Chromium
	.venv/bin/python -m scripts.take_picture docs/picture.png

lock: | .venv/bin/uv ## resolve the dependencies again and write the lock files
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group build -c requirements-dev.lock -o requirements-build.lock
	$(MAKE) --no-print-directory lock-check

lock-check: | .venv/bin/uv ## check that every pinned package has a wheel for each Python version of the classifiers
	@for python in $(PYTHONS); do for file in $(LOCK_FILES); do \
		.venv/bin/uv pip install --quiet --dry-run --target build/lock-check --python-version $$python \
			--only-binary :all: --require-hashes -r $$file || exit 1; \
		echo "$$file: wheels only on Python $$python"; done; done

clean: ## remove everything that the other commands made
	rm -rf $(dir $(EDITOR) $(GRAPHIQL) $(MAP) $(CLIENTS)) web/node_modules web/graphql/node_modules web/map/node_modules .venv build dist
	rm -rf bench/work-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find api bench kg scripts tests -name __pycache__ -prune -exec rm -r {} +

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(EDITOR): $(addprefix web/,package-lock.json package.json $(NOTICES))
	@if command -v npm > /dev/null; then \
		cd web && $(NPM_CI) && mkdir -p ../$(@D) && cp node_modules/@zazuko/yasgui/build/yasgui.min.js \
		node_modules/@zazuko/yasgui/build/yasgui.min.css ../$(@D)/ && \
		node notices.mjs node_modules ../$(@D)/THIRD-PARTY-NOTICES.txt && touch ../$@; \
	else echo "*** no npm: /sparql will show a plain form instead of the editor" >&2; fi

$(GRAPHIQL): $(addprefix web/graphql/,package-lock.json package.json build.js graphiql.jsx page.css) $(addprefix web/,$(NOTICES))
	@if command -v npm > /dev/null; then cd web/graphql && $(NPM_CI) && npm run --silent build && touch ../../$@; \
	else echo "*** no npm: /graphql will show a plain form instead of GraphiQL" >&2; fi

# The outlines are those of 1:50,000,000.
$(MAP): $(addprefix web/map/,package-lock.json package.json) $(addprefix web/,$(NOTICES))
	@if command -v npm > /dev/null; then \
		cd web/map && $(NPM_CI) && mkdir -p ../../$(@D) && cp node_modules/leaflet/dist/leaflet.js \
		node_modules/leaflet/dist/leaflet.css node_modules/topojson-client/dist/topojson-client.min.js \
		node_modules/world-atlas/countries-50m.json ../../$(@D)/ && \
		node ../notices.mjs node_modules ../../$(@D)/THIRD-PARTY-NOTICES.txt && touch ../../$@; \
	else echo "*** no npm: pages of places will list coordinates without a map" >&2; fi

$(CLIENTS): %/node_modules/.installed: %/package-lock.json %/package.json
	@if command -v npm > /dev/null; then cd $* && $(NPM_CI) && touch node_modules/.installed; \
	else echo "*** no npm: clients in JavaScript will not be tested" >&2; fi

.venv/.run-time: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(INSTALL) requirements.lock
	$(INSTALL) requirements-build.lock
	$(INSTALL_PROJECT)
	touch $@

.venv/.dev: $(LOCK_FILES) pyproject.toml | .venv/bin/python
	$(INSTALL) requirements-dev.lock
	$(INSTALL) requirements-build.lock
	$(INSTALL_PROJECT)
	touch .venv/.run-time $@

.venv/bin/uv: | .venv/bin/python
	$(INSTALL) requirements-dev.lock
