"""Settings: a frozen dataclass, read once from ``KG_*`` variables; nothing else reads the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from kg.errors import BadParameterError

DEFAULT_BASE_IRI = "https://w3id.org/conflict-kg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can configure. Times are in seconds, sizes in MB (10^6 bytes)."""

    data_dir: Path = Path("kg-data")
    store: str = ""
    """URL of a SPARQL 1.1 endpoint that stores the graph instead of the embedded store."""
    base_iri: str = DEFAULT_BASE_IRI
    host: str = "127.0.0.1"
    port: int = 8000
    query_timeout_s: float = 10.0
    query_memory_mb: int = 1024
    workers: int = 4
    """Worker processes. At least half of them are kept free for short queries."""
    queue_length: int = 100
    """How many short queries, and how many long ones, may wait for a worker; further ones get 503 with Retry-After."""
    graph_memory_mb: int = 0
    """Memory for the workers' copies of the graph, one per worker and one more; 0 for half of the machine's memory."""
    result_max_mb: int = 64
    load_max_mb: int = 32
    """Largest body of a request that loads documents or writes a graph."""
    ingest_timeout_s: float = 120.0
    """How long a document may be parsed and validated, or an update evaluated, for a client."""
    ingest_memory_mb: int = 2048
    """Memory of the process that does so."""
    archive_dir: Path | None = None
    write_token: str = ""
    empty: bool = False
    plain: bool = False
    graphql_attribution: bool = True
    """Whether a GraphQL selection of contested fields must also select their attribution."""
    graphql_partial_status: int = 294
    """HTTP status of a GraphQL response with both data and errors: 294 as in the draft, or 200 for older clients."""
    graphql_documents: Path | None = None
    """A folder of persisted GraphQL documents, NAME.graphql, requested by ``documentId``."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Settings from ``KG_*`` variables, defaults for the others. Raises BadParameterError, naming the variable."""
        values: dict[str, object] = {}
        for field in fields(cls):
            variable = f"KG_{field.name.upper()}"
            if text := environment.get(variable, ""):
                values[field.name] = _parse(variable, field.name, text)
        settings = cls(**values)  # type: ignore[arg-type]  # each value was parsed by the parser of its field
        _validate(settings)
        return settings

    def to_environment(self) -> dict[str, str]:
        """The ``KG_*`` variables that ``from_environment`` reads as these settings; without the write token."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "write_token"}
        defaults = {field.name: field.default for field in fields(self)}
        return {f"KG_{name.upper()}": _format(value) for name, value in values.items() if value != defaults[name]}


def _format(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_PARSERS: dict[str, Callable[[str], object]] = {
    "data_dir": Path,
    "archive_dir": Path,
    "port": int,
    "query_timeout_s": float,
    "query_memory_mb": int,
    "workers": int,
    "queue_length": int,
    "graph_memory_mb": int,
    "result_max_mb": int,
    "load_max_mb": int,
    "ingest_timeout_s": float,
    "ingest_memory_mb": int,
    "empty": lambda text: _BOOLEANS[text.lower()],
    "plain": lambda text: _BOOLEANS[text.lower()],
    "graphql_attribution": lambda text: _BOOLEANS[text.lower()],
    "graphql_partial_status": int,
    "graphql_documents": Path,
}


def _parse(variable: str, name: str, text: str) -> object:
    parser = _PARSERS.get(name, str)
    try:
        return parser(text)
    except (ValueError, KeyError):
        raise BadParameterError(variable, f"{text!r} cannot be read") from None


def _validate(settings: Settings) -> None:
    if settings.write_token and len(settings.write_token) < 16:
        raise BadParameterError("KG_WRITE_TOKEN", "needs at least 16 characters")
    if not settings.base_iri.endswith(("/", "#")):
        raise BadParameterError("KG_BASE_IRI", "must end in '/'")
    for name in (
        "query_timeout_s",
        "query_memory_mb",
        "workers",
        "queue_length",
        "result_max_mb",
        "load_max_mb",
        "ingest_timeout_s",
        "ingest_memory_mb",
    ):
        if getattr(settings, name) < 1:
            raise BadParameterError(f"KG_{name.upper()}", "must be at least 1")
    for name in ("port", "graph_memory_mb"):
        if getattr(settings, name) < 0:
            raise BadParameterError(f"KG_{name.upper()}", "must not be negative")
    if not 200 <= settings.graphql_partial_status <= 299:
        raise BadParameterError("KG_GRAPHQL_PARTIAL_STATUS", "must be a status of success, 200 to 299")
