"""The procedures of GraphQL: one request, from bytes to bytes, in a process that can be killed; and the schema as text.

Owns what is made once, before the first request: the service, the stored documents, the results of the introspection
queries of common tools; and the service of a schema to which the store adds concepts.
"""

import traceback
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from graphql import GraphQLError, get_introspection_query, print_schema

from kg.added_concepts import extend_schema
from kg.errors import OverloadedError
from kg.execution.procedure import Procedures, Reply
from kg.graphql.execute import GraphQLRequest, GraphQLResult, GraphQLService, encode_json
from kg.graphql.interface import EXECUTE, PRINT_SCHEMA, Arguments, Encoding, Outcome, Stage
from kg.graphql.request import error_codes, errors
from kg.graphql.request.parameters import MalformedRequestError, RequestParameters, parse_parameters
from kg.graphql.request.persisted_documents import DocumentNotFoundError, PersistedDocuments
from kg.graphql.request.query_cost import RequestLimits
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.search.text_index import Candidate
from kg.settings import Settings
from kg.store.interface import Store

_JSON = "application/json"
_SDL = "text/plain"
_LOGGED = (error_codes.INTERNAL, error_codes.NONCONFORMING)
_BUGS_MAX = 3
_CODES_MAX = 100


def create_graphql_procedures(schema: Schema, catalogue: Catalogue, settings: Settings) -> Procedures:
    """The procedures by name. Takes some tenths of a second."""
    services = ServicesByConcepts(schema, catalogue, settings)

    def print_sdl(store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        return Reply(media_type=_SDL, body=[f"{print_schema(services.select(store).schema)}\n".encode()])

    execute = GraphQLProcedure(services, PersistedDocuments(settings.graphql_documents))
    return {EXECUTE: execute, PRINT_SCHEMA: print_sdl}


class ServicesByConcepts:
    """The service of the shipped schema and, once a store adds concepts, that of the schema with these concepts."""

    def __init__(self, schema: Schema, catalogue: Catalogue, settings: Settings) -> None:
        self._schema, self._catalogue, self._settings = schema, catalogue, settings
        self._shipped = self._create(schema)
        self._extended = schema, self._shipped

    def select(self, store: Store) -> GraphQLService:
        """The service for the store as it is. A change of the added concepts takes some tenths of a second, once."""
        schema = extend_schema(self._schema, store)
        if schema is self._schema:
            return self._shipped
        if schema.schemes != self._extended[0].schemes:
            self._extended = schema, self._create(schema)
        return self._extended[1]

    def _create(self, schema: Schema) -> GraphQLService:
        settings = self._settings
        service = GraphQLService(
            schema,
            self._catalogue,
            settings.base_iri,
            limits=RequestLimits(seconds=settings.query_timeout_s),
            requires_attribution=settings.graphql_attribution,
        )
        service.prepare((get_introspection_query(), get_introspection_query(input_value_deprecation=True)))
        return service


class GraphQLProcedure:
    """A ``kg.execution.procedure.Procedure`` that executes requests."""

    def __init__(self, services: ServicesByConcepts, documents: PersistedDocuments) -> None:
        self._services, self._documents = services, documents

    def __call__(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        """The response as JSON; its properties are those of an ``Outcome``. ``content``: the request's parameters."""
        given = Arguments(**arguments)
        try:
            parameters = parse_parameters(content, Encoding(given.encoding))
            query = self._resolve(parameters, given.document)
        except MalformedRequestError as error:
            return _refuse(error.message, Outcome(stage=Stage.MALFORMED, codes=(error.code,)))
        except DocumentNotFoundError as error:
            outcome = Outcome(stage=Stage.UNKNOWN_DOCUMENT, codes=(error.code,), missing=error.key)
            return _refuse(str(error), outcome)
        request = GraphQLRequest(
            query=query,
            variables=parameters.variables,
            operation_name=parameters.operation_name,
            explain=parameters.explain,
            allow_mutation=given.allow_mutation,
            candidates={
                text: [Candidate.from_members(members) for members in found] for text, found in given.candidates.items()
            },
        )
        result = self._services.select(store).execute(request, store).with_extensions(_name_version(store))
        if result.searches:
            return _refuse("The text index was not asked.", Outcome(stage=Stage.SEARCHES, searches=result.searches))
        sent = (parameters.persisted_hash, query) if parameters.query and parameters.persisted_hash else None
        return Reply(media_type=_JSON, body=[result.encode()], properties=_outcome(result, sent).to_properties())

    def _resolve(self, parameters: RequestParameters, document: str) -> str:
        """The document of the request. Raises DocumentNotFoundError."""
        sha256 = parameters.persisted_hash or parameters.document_id.removeprefix("sha256:")
        if document:
            self._documents.add(document, sha256)
        return self._documents.resolve(parameters.query, parameters.document_id, parameters.persisted_hash)


def _refuse(message: str, outcome: Outcome) -> Reply:
    error = {"message": message, "extensions": {"code": next(iter(outcome.codes), error_codes.INTERNAL)}}
    return Reply(media_type=_JSON, body=[encode_json({"errors": [error]})], properties=outcome.to_properties())


def _name_version(store: Store) -> Mapping[str, str]:
    """Which version of the data was read, so that the response can be cited; nothing if it is unknown."""
    return {"datasetVersion": store.version} if store.version else {}


def _outcome(result: GraphQLResult, sent: tuple[str, str] | None) -> Outcome:
    codes = dict.fromkeys(map(errors.code_of, result.errors))
    retries = (error.retry_after for error in _causes(result.errors) if isinstance(error, OverloadedError))
    bugs = _causes(error for error in result.errors if errors.code_of(error) in _LOGGED)
    tracebacks = ("".join(traceback.format_exception(bug)) for bug in bugs)
    return Outcome(
        stage=Stage.EXECUTED if result.is_executed else Stage.REFUSED,
        has_data=result.data is not None,
        codes=tuple(codes)[:_CODES_MAX],
        retry_after=next(retries, None),
        sent=sent,
        bugs=tuple(islice(tracebacks, _BUGS_MAX)),
    )


def _causes(found: Iterable[GraphQLError]) -> Iterator[Exception]:
    return (error.original_error for error in found if error.original_error is not None)
