"""Schemathesis over every operation that writes, in governed mode: no server error, whatever body, token and
preconditions come; and without the token nothing is written.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import schemathesis
from hostile_bodies import DOCUMENTS, UPDATES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.services import Services, open_services
from kg.settings import Settings
from tests.chaos.home_graphs import Quads, dossier_yaml, graph_of, recorders, reference

pytestmark = pytest.mark.slow

TOKEN = "a-token-for-tests-only"
METHODS = {"put", "post", "patch", "delete"}
TIMEOUT_S = 60
IS_SOAK = settings.get_profile("soak") == settings.default
EXAMPLES = settings(max_examples=1_000 if IS_SOAK else 40, deadline=None, database=None, derandomize=not IS_SOAK,
                    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
RIGHT = f"Bearer {TOKEN}"
WRONG = ("", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer  {TOKEN} x", "Bearer é",
         "Bearer \x7f", f"bearer,{TOKEN}", "Bearer " + "x" * 10_000, 'Digest username="\\"')  # fmt: skip
CONDITIONS = ("*", '"1-5f1c0a9be2d4.ttl"', 'W/"1-5f1c0a9be2d4.ttl"', '"', "", "x", '"",' * 1_000, '"é"', "*, *")
NAME = "schemathesis"
"""Of the graph that half of the requests are about, whatever the schema suggests."""


def serialize(quads: Quads, syntax: ox.RdfFormat) -> bytes:
    return ox.serialize((quad.triple for quad in quads), format=syntax) or b""


GOOD = {
    "application/sparql-update": b"INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 } } ; DROP SILENT GRAPH <x:g>",
    "application/ld+yaml": dossier_yaml(NAME, 1),
    "application/yaml": dossier_yaml(NAME, 2),
    "text/turtle": serialize(reference(NAME, 1), ox.RdfFormat.TURTLE),
    "application/n-triples": serialize(reference(NAME, 2), ox.RdfFormat.N_TRIPLES),
    "application/rdf+xml": b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "application/trig": b"<x:g> { <x:s> <x:p> 1 }",
    "application/n-quads": b"<x:s> <x:p> <x:o> <x:g> .",
}
MAX_BYTES = 10_000
for media_type, good in GOOD.items():
    hostile = [row.body for row in (DOCUMENTS | UPDATES).values() if row.media_type == media_type]
    bodies = [good, good, good, good[: len(good) // 2], *(body for body in hostile if len(body) < MAX_BYTES)]
    schemathesis.openapi.media_type(media_type, st.sampled_from(bodies) | st.binary(max_size=200))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": st.sampled_from(CONDITIONS),
        "If-None-Match": st.sampled_from(CONDITIONS),
        "Prefer": st.sampled_from(("return=representation", "return=minimal", "x")),
        "Accept": st.sampled_from(("*/*", "text/turtle", "text/plain", "application/json", "x")),
    },
)


@pytest.fixture(scope="module")
def writable(
    tmp_path_factory: pytest.TempPathFactory, serving: Callable[[Services], AbstractContextManager[str]]
) -> Iterator[str]:
    """A server in governed mode."""
    directory = tmp_path_factory.mktemp("schemathesis")
    with serving(open_services(Settings(data_dir=directory, empty=True, workers=1, write_token=TOKEN))) as address:
        headers = {"Content-Type": "text/turtle", "Authorization": RIGHT}
        content = serialize(recorders(), ox.RdfFormat.TURTLE)
        assert httpx.put(f"{address}/graph/recorders", content=content, headers=headers, trust_env=False).is_success
        yield address


def test_no_write_has_a_server_error(writable: str) -> None:
    schema = schemathesis.openapi.from_url(f"{writable}/openapi.json")
    statuses = Counter[int]()
    labels: set[str] = set()
    found: Iterator[Any] = schema.get_all_operations()
    for operation in (result.ok() for result in found):
        if operation.method not in METHODS:
            continue

        @EXAMPLES
        @given(operation.as_strategy(), st.just(RIGHT) | st.sampled_from(WRONG), HEADERS, st.booleans())
        def execute(case: Any, authorization: str, headers: dict[str, str], is_ours: bool) -> None:
            if is_ours and "graph" in case.path:
                case.path_parameters, case.query = {"name": NAME}, {"graph": graph_of(NAME).value}
            sent = {name: value.encode() for name, value in {"Authorization": authorization, **headers}.items()}
            response = case.call(headers=sent, timeout=TIMEOUT_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.as_curl_command(), response.text)
            if authorization != RIGHT and case.path != "/graphql":
                assert response.status_code >= HTTPStatus.BAD_REQUEST, (case.as_curl_command(), authorization)
            statuses[response.status_code] += 1

        execute()
        labels.add(operation.label)
    print(f"{len(labels)} operations: {sorted(labels)}; statuses {sorted(statuses.items())}")
    assert {"PUT /graphs", "POST /load", "POST /sparql"} <= labels
    assert {
        HTTPStatus.CREATED,
        HTTPStatus.NO_CONTENT,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    } <= statuses.keys()
