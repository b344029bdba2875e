"""Settings, frozen, read once from ``KG_*`` variables; nothing else in the project reads the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from kg.errors import BadParameter

DEFAULT_BASE_IRI = "https://w3id.org/conflict-kg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can choose. Times are seconds, sizes MB (10^6 bytes)."""

    data_dir: Path = Path("kg-data")
    store: str = ""
    """A SPARQL 1.1 endpoint URL to hold the graph instead of the embedded store."""
    base_iri: str = DEFAULT_BASE_IRI
    host: str = "127.0.0.1"
    port: int = 8000
    query_timeout_s: float = 10.0
    query_memory_mb: int = 1024
    workers: int = 4
    """Half of them, at least one, are never held by long queries for long."""
    queue_length: int = 32
    """Short queries that may wait for a worker, and as many long ones; those beyond are told to come back."""
    graph_memory_mb: int = 0
    """What workers may use to hold the graph itself, one copy each and one more; 0 for half of the machine's memory."""
    result_max_mb: int = 64
    archive_dir: Path | None = None
    write_token: str = ""
    empty: bool = False
    plain: bool = False
    graphql_attribution: bool = True
    """Whether a GraphQL selection of contested content must also take who says so."""
    graphql_partial_status: int = 294
    """The status of an answer with data and errors, as the draft has it; 200 for clients that insist on it."""
    graphql_documents: Path | None = None
    """A folder of GraphQL documents, NAME.graphql, that clients ask for by ``documentId``."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from ``KG_*`` variables; the rest are the defaults. Raises BadParameter, naming the variable."""
    values: dict[str, object] = {}
    for field in fields(Settings):
        variable = f"KG_{field.name.upper()}"
        if text := environment.get(variable, ""):
            values[field.name] = _read(variable, field.name, text)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was read by its field's own reader
    return _checked(settings)


_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_READERS: dict[str, Callable[[str], object]] = {
    "data_dir": Path,
    "archive_dir": Path,
    "port": int,
    "query_timeout_s": float,
    "query_memory_mb": int,
    "workers": int,
    "queue_length": int,
    "graph_memory_mb": int,
    "result_max_mb": int,
    "empty": lambda text: _TRUTH[text.lower()],
    "plain": lambda text: _TRUTH[text.lower()],
    "graphql_attribution": lambda text: _TRUTH[text.lower()],
    "graphql_partial_status": int,
    "graphql_documents": Path,
}


def _read(variable: str, name: str, text: str) -> object:
    reader = _READERS.get(name, str)
    try:
        return reader(text)
    except (ValueError, KeyError):
        raise BadParameter(variable, f"{text!r} cannot be read") from None


def _checked(settings: Settings) -> Settings:
    if settings.write_token and len(settings.write_token) < 16:
        raise BadParameter("KG_WRITE_TOKEN", "needs at least 16 characters")
    if not settings.base_iri.endswith(("/", "#")):
        raise BadParameter("KG_BASE_IRI", "must end in '/'")
    for name in ("query_timeout_s", "query_memory_mb", "workers", "queue_length", "result_max_mb"):
        if getattr(settings, name) < 1:
            raise BadParameter(f"KG_{name.upper()}", "must be at least 1")
    for name in ("port", "graph_memory_mb"):
        if getattr(settings, name) < 0:
            raise BadParameter(f"KG_{name.upper()}", "must not be negative")
    if not 200 <= settings.graphql_partial_status <= 299:
        raise BadParameter("KG_GRAPHQL_PARTIAL_STATUS", "must be a status of success, 200 to 299")
    return settings
