"""Schemathesis over every operation that writes, in governed mode: no server error, whatever body, token and
preconditions come; and what the token does not permit is refused.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
import pyoxigraph as ox
import pytest
import schemathesis
from hostile_bodies import DOCUMENTS, UPDATES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.services import Services, open_services
from kg.access.issuance import make_token, revoke_token
from kg.access.scope import ALL_GRAPHS, Operation, Scope
from kg.access.token_file import TokenFile
from kg.settings import Settings
from tests.chaos.home_graphs import Quads, dossier_yaml, graph_of, recorders, reference

pytestmark = pytest.mark.slow

TOKEN = "a-token-for-tests-only"
UPDATE = "application/sparql-update"
METHODS = {"put", "post", "patch", "delete"}
TIMEOUT_S = 60
IS_SOAK = settings.get_profile("soak") == settings.default
EXAMPLES = settings(max_examples=1_000 if IS_SOAK else 60, deadline=None, database=None, derandomize=not IS_SOAK,
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
    UPDATE: b"INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 } } ; DROP SILENT GRAPH <x:g>",
    "application/ld+yaml": dossier_yaml(NAME, 1),
    "application/yaml": dossier_yaml(NAME, 2),
    "text/turtle": serialize(reference(NAME, 1), ox.RdfFormat.TURTLE),
    "application/n-triples": serialize(reference(NAME, 2), ox.RdfFormat.N_TRIPLES),
    "application/rdf+xml": b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "application/trig": b"<x:g> { <x:s> <x:p> 1 }",
    "application/n-quads": b"<x:s> <x:p> <x:o> <x:g> .",
}
GOOD_PATCH = b"DELETE { ?s ?p ?l } INSERT { ?s ?p ?l } WHERE { ?s ?p ?l }"
MAX_BYTES = 10_000
for media_type, good in GOOD.items():
    hostile = [row.body for row in (DOCUMENTS | UPDATES).values() if row.media_type == media_type]
    bodies = [good[: len(good) // 2], *(body for body in hostile if len(body) < MAX_BYTES)]
    anything = (
        st.just(good)
        | st.just(GOOD_PATCH if media_type == UPDATE else good)
        | st.sampled_from(bodies)
        | st.binary(max_size=200)
    )
    schemathesis.openapi.media_type(media_type, anything)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": st.sampled_from(CONDITIONS),
        "If-None-Match": st.sampled_from(CONDITIONS),
        "Prefer": st.sampled_from(("return=representation", "return=minimal", "x")),
        "Accept": st.sampled_from(("*/*", "text/turtle", "text/plain", "application/json", "x")),
    },
)


class Tokens(NamedTuple):
    """The header fields of tokens of ``kg token``."""

    limited: str
    """For PUT and PATCH of the one graph."""
    expired: str
    revoked: str


class Writable(NamedTuple):
    """A server, and tokens that it knows."""

    address: str
    tokens: Tokens


@pytest.fixture(scope="module")
def writable(
    tmp_path_factory: pytest.TempPathFactory, serving: Callable[[Services], AbstractContextManager[str]]
) -> Iterator[Writable]:
    """A server in governed mode."""
    directory = tmp_path_factory.mktemp("schemathesis")
    settings = Settings(
        data_dir=directory, empty=True, workers=1, write_token=TOKEN, token_failures=1_000_000, write_rate=1_000_000
    )
    with serving(open_services(settings)) as address:
        put(address, "recorders", recorders())
        yield Writable(address, issue_tokens(TokenFile(directory)))


def put(address: str, name: str, quads: Quads) -> None:
    """Put a graph, whatever is there."""
    headers = {"Content-Type": "text/turtle", "Authorization": RIGHT}
    content = serialize(quads, ox.RdfFormat.TURTLE)
    response = httpx.put(f"{address}/graph/{name}", content=content, headers=headers, trust_env=False)
    if response.status_code == HTTPStatus.PRECONDITION_REQUIRED:
        headers["If-Match"] = "*"
        response = httpx.put(f"{address}/graph/{name}", content=content, headers=headers, trust_env=False)
    assert response.is_success, response.text


def issue_tokens(file: TokenFile) -> Tokens:
    """Tokens that may do less than the one of the operator."""
    now = datetime.now(UTC)
    scope = Scope(frozenset(Operation), (ALL_GRAPHS,))
    narrow = Scope(frozenset({Operation.PUT, Operation.PATCH}), (graph_of(NAME).value,))
    _, limited = make_token(file, "limited", narrow, now + timedelta(hours=1), now)
    _, expired = make_token(file, "expired", scope, now - timedelta(hours=1), now - timedelta(hours=2))
    _, revoked = make_token(file, "revoked", scope, now + timedelta(hours=1), now)
    revoke_token(file, "revoked", now)
    return Tokens(*(f"Bearer {text}" for text in (limited, expired, revoked)))


def test_no_write_has_a_server_error(writable: Writable) -> None:
    address, tokens = writable
    refused = (*WRONG, tokens.expired, tokens.revoked)
    authorizations = st.just(RIGHT) | st.sampled_from((RIGHT, tokens.limited)) | st.sampled_from(refused)
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    statuses = Counter[int]()
    labels: set[str] = set()
    found: Iterator[Any] = schema.get_all_operations()
    for operation in (result.ok() for result in found):
        if operation.method not in METHODS:
            continue
        put(address, NAME, reference(NAME, 0))

        @EXAMPLES
        @given(operation.as_strategy(), authorizations, st.just({}) | HEADERS, st.booleans())
        def execute(case: Any, authorization: str, headers: dict[str, str], is_ours: bool) -> None:
            if is_ours and "graph" in case.path:
                case.path_parameters, case.query = {"name": NAME}, {"graph": graph_of(NAME).value}
                case.headers = {}
            sent = {name: value.encode() for name, value in {"Authorization": authorization, **headers}.items()}
            response = case.call(headers=sent, timeout=TIMEOUT_S)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (case.as_curl_command(), response.text)
            is_outside = authorization == tokens.limited and not (is_ours and case.method.lower() in ("put", "patch"))
            is_query = case.path == "/graphql" or (case.path == "/sparql" and case.media_type != UPDATE)
            if (authorization in refused or is_outside) and not is_query:
                assert response.status_code >= HTTPStatus.BAD_REQUEST, (case.as_curl_command(), authorization)
            statuses[response.status_code] += 1

        execute()
        labels.add(operation.label)
    print(f"{len(labels)} operations: {sorted(labels)}; statuses {sorted(statuses.items())}")
    assert {"PUT /graphs", "POST /load", "POST /sparql"} <= labels
    assert {204, 401, 403, 412, 422} <= statuses.keys()
