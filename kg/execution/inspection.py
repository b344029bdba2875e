"""The guard as a procedure: a long text is inspected in a worker, because that takes up to a second of computing."""

from collections.abc import Mapping
from typing import Any

from kg.execution.interface import QueryForm, QueryInfo
from kg.execution.procedure import Procedures, Reply
from kg.execution.query_guard import inspect_query
from kg.store.interface import Store

INSPECT_QUERY = "inspect-query"


def inspect_in_worker(_store: Store, _arguments: Mapping[str, Any], content: bytes) -> Reply:
    """What the guard knows of the query, as properties. Raises QueryRefusedError."""
    info = inspect_query(content.decode())
    properties = {
        "form": info.form,
        "names_dataset": info.names_dataset,
        "is_deterministic": info.is_deterministic,
    }
    return Reply(media_type="text/plain", body=(), properties=properties)


def read_query_info(properties: Mapping[str, Any]) -> QueryInfo:
    """The properties of such a reply."""
    form = properties["form"]
    return QueryInfo(QueryForm(form) if form else None, properties["names_dataset"], properties["is_deterministic"])


BUILT_IN: Procedures = {INSPECT_QUERY: inspect_in_worker}
"""The procedures that every worker has."""
