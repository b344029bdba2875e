# conflict-kg with its dependencies from requirements.lock; data in the volume /data. See docs/operating.md.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:20-bookworm-slim

# The editors of /sparql and /graphql, and the map.
FROM ${NODE_IMAGE} AS web
WORKDIR /src/web
COPY web/ ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
    && mkdir -p /src/assets/yasgui \
    && cp node_modules/@zazuko/yasgui/build/yasgui.min.js node_modules/@zazuko/yasgui/build/yasgui.min.css \
        /src/assets/yasgui/ \
    && node notices.mjs node_modules /src/assets/yasgui/THIRD-PARTY-NOTICES.txt
RUN cd graphql \
    && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
    && node build.js /src/assets/graphiql
RUN cd map \
    && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
    && mkdir -p /src/assets/map \
    && cp node_modules/leaflet/dist/leaflet.js node_modules/leaflet/dist/leaflet.css \
        node_modules/topojson-client/dist/topojson-client.min.js node_modules/world-atlas/countries-50m.json \
        /src/assets/map/ \
    && node ../notices.mjs node_modules /src/assets/map/THIRD-PARTY-NOTICES.txt

# A virtual environment with the package in it; only the environment reaches the final image.
FROM ${PYTHON_IMAGE} AS package
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN for name in conflict-kg build; do python3 -m venv /opt/$name || exit 1; done \
    && /opt/conflict-kg/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes -r requirements.lock \
    && /opt/build/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY kg/ kg/
COPY api/ api/
COPY ontology/ ontology/
COPY shapes/ shapes/
COPY data/ data/
COPY --from=web /src/assets/ api/pages/assets/
RUN /opt/build/bin/python -m pip wheel --disable-pip-version-check --no-deps --no-build-isolation --no-index \
        --wheel-dir /dist . \
    && /opt/conflict-kg/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index \
        /dist/*.whl

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin kg \
    && install --directory --owner=kg --group=kg /data
COPY --from=package /opt/conflict-kg /opt/conflict-kg
ENV PATH=/opt/conflict-kg/bin:/usr/local/bin:/usr/bin:/bin \
    KG_HOST=0.0.0.0 \
    KG_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python3", "-c", "import os, urllib.request as request; request.urlopen(f'http://127.0.0.1:{os.environ.get(\"KG_PORT\", 8000)}/healthz', timeout=4)"]
CMD ["kg", "serve"]
