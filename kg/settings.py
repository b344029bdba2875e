"""Settings: a frozen dataclass, read once from ``KG_*`` variables; nothing else reads the environment."""

import ipaddress
import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from kg.errors import BadParameterError

DEFAULT_BASE_IRI = "https://w3id.org/conflict-kg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can configure. Times are in seconds, sizes in MB (10^6 bytes)."""

    data_dir: Path = Path("kg-data")
    store: str = ""
    """URL of a SPARQL 1.1 endpoint that stores the graph instead of the embedded store."""
    store_token: str = field(default="", repr=False)
    """A bearer token for that endpoint."""
    store_request_quads: int = 0
    """Most quads of one update of that endpoint; 0 for what the engine is known to accept."""
    base_iri: str = DEFAULT_BASE_IRI
    public_url: str = ""
    """Where clients reach the server through a proxy, as https://example.org/kg/; empty: at the host that they name."""
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
    bulk_load_mb: int = 20
    """Size of N-Quads, N-Triples, TriG and Turtle given to ``kg load`` above which they are loaded as streams."""
    ingest_timeout_s: float = 120.0
    """How long a document may be parsed and validated, or an update evaluated, for a client."""
    ingest_memory_mb: int = 2048
    """Memory of the process that does so."""
    change_max_quads: int = 100_000
    """Most quads that one request may change, because committing each takes memory; not for ``kg load``."""
    require_if_match: bool = False
    """Whether every graph, and not only a dossier, is replaced, changed or deleted over HTTP with If-Match only."""
    max_connections: int = 0
    """Connections open at once; 0 for what the limit of open files allows, at most 1,024."""
    client_connections: int = 256
    """Connections of one client: an IPv4 address, or the first 64 bits of an IPv6 address."""
    client_requests: int = 16
    """Requests of one client in progress at once; further ones wait."""
    client_wait_s: float = 5.0
    """How long they wait before they get 503 with Retry-After."""
    head_timeout_s: float = 10.0
    """From the connection, or from the first byte of a further request, to the end of its head."""
    body_timeout_s: float = 300.0
    """From the head of a request to the end of its body."""
    stall_timeout_s: float = 15.0
    """How long a body that is received, or a response that is sent, may make less progress than ``min_rate``."""
    min_rate: int = 1000
    """Bytes per second, averaged over ``stall_timeout_s``."""
    idle_timeout_s: float = 15.0
    """How long a connection is kept without a request."""
    shutdown_s: float = 5.0
    """How long responses in progress may still run when the server is stopped."""
    log_queue_lines: int = 20_000
    """Log lines that wait for a slow reader of stderr; further ones are dropped and counted."""
    log_queue_mb: int = 4
    """Size of these lines together."""
    head_max_kb: int = 64
    """Size of request line and header fields (1 kB = 1,000 bytes)."""
    head_max_fields: int = 100
    body_max_mb: int = 2
    """Largest body of a request without a token."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts that requests may name; any if empty. A port is not compared."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies, whose X-Forwarded-For (or Forwarded) names the client."""
    archive_dir: Path | None = None
    datasets_dir: Path | None = None
    """A folder of data sets of the operator's own, each a folder, for ``kg import`` and ``kg dataset``."""
    write_token: str = field(default="", repr=False)
    """A bearer token for any write, besides those of ``kg token``."""
    write_rate: float = 200.0
    """Writes a second that one token may send on average, and ten times as many at once."""
    token_failures: int = 60
    """Tokens that are not valid which one client may send in a minute, and as many at once."""
    publish_restricted: bool = False
    """Whether a server answers from home graphs that are restricted as from others, and dumps and copies have them."""
    empty: bool = False
    samples: bool = True
    """Whether the first start also loads the samples of data sets."""
    plain: bool = False
    graphql_attribution: bool = True
    """Whether a GraphQL selection of contested fields must also select their attribution."""
    graphql_partial_status: int = 294
    """HTTP status of a GraphQL response with both data and errors: 294 as in the draft, or 200 for older clients."""
    graphql_documents: Path | None = None
    """A folder of persisted GraphQL documents, NAME.graphql, requested by ``documentId``."""

    @property
    def hides_restricted(self) -> bool:
        """Whether a server leaves out home graphs that are restricted; plain mode knows no home graphs."""
        return not (self.publish_restricted or self.plain)

    @property
    def path_prefix(self) -> str:
        """The path of ``public_url``, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Settings from ``KG_*`` variables, defaults for the others. Raises BadParameterError, naming the variable."""
        values: dict[str, object] = {}
        for name in (item.name for item in fields(cls)):
            variable = f"KG_{name.upper()}"
            if text := environment.get(variable, ""):
                values[name] = _parse(variable, name, text)
        settings = cls(**values)  # type: ignore[arg-type]  # each value was parsed by the parser of its field
        _validate(settings)
        return settings

    def check_folders(self) -> None:
        """Raise BadParameterError, naming the variable, for a folder that cannot be used."""
        if not self.store:
            _check_data_dir(self.data_dir)
        for variable, folder in (
            ("KG_ARCHIVE_DIR", self.archive_dir),
            ("KG_DATASETS_DIR", self.datasets_dir),
            ("KG_GRAPHQL_DOCUMENTS", self.graphql_documents),
        ):
            if folder is not None:
                _check_readable(variable, folder)

    def to_environment(self) -> dict[str, str]:
        """The ``KG_*`` variables that ``from_environment`` reads as these settings; without tokens."""
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in _SECRETS}
        defaults = {item.name: item.default for item in fields(self)}
        return {f"KG_{name.upper()}": _format(value) for name, value in values.items() if value != defaults[name]}


_SECRETS = ("write_token", "store_token")


def _format(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _split(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


_PARSERS: dict[str, Callable[[str], object]] = {
    "data_dir": Path,
    "archive_dir": Path,
    "datasets_dir": Path,
    "port": int,
    "store_request_quads": int,
    "query_timeout_s": float,
    "query_memory_mb": int,
    "workers": int,
    "queue_length": int,
    "graph_memory_mb": int,
    "result_max_mb": int,
    "load_max_mb": int,
    "bulk_load_mb": int,
    "ingest_timeout_s": float,
    "ingest_memory_mb": int,
    "change_max_quads": int,
    "write_rate": float,
    "token_failures": int,
    "require_if_match": lambda text: _BOOLEANS[text.lower()],
    "max_connections": int,
    "client_connections": int,
    "client_requests": int,
    "client_wait_s": float,
    "head_timeout_s": float,
    "body_timeout_s": float,
    "stall_timeout_s": float,
    "min_rate": int,
    "idle_timeout_s": float,
    "shutdown_s": float,
    "log_queue_lines": int,
    "log_queue_mb": int,
    "head_max_kb": int,
    "head_max_fields": int,
    "body_max_mb": int,
    "allowed_hosts": _split,
    "trusted_proxies": _split,
    "publish_restricted": lambda text: _BOOLEANS[text.lower()],
    "empty": lambda text: _BOOLEANS[text.lower()],
    "samples": lambda text: _BOOLEANS[text.lower()],
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


def _check_data_dir(folder: Path) -> None:
    """It may be absent, if it can be made."""
    try:
        present = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not present.is_dir():
            raise BadParameterError("KG_DATA_DIR", f"{present} is a file, not a folder")
    except (OSError, ValueError) as error:
        raise BadParameterError("KG_DATA_DIR", f"{str(folder)!r} cannot be opened: {error}") from None
    if not os.access(present, os.R_OK | os.W_OK | os.X_OK):
        raise BadParameterError("KG_DATA_DIR", f"{present} cannot be written by this user")


def _check_readable(variable: str, folder: Path) -> None:
    try:
        os.listdir(folder)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadParameterError(variable, f"the folder {str(folder)!r} cannot be read: {reason}") from None


_BOUNDS: Mapping[str, tuple[float, float]] = {
    "port": (0, 65_535),
    "store_request_quads": (0, 1_000_000_000),
    "query_timeout_s": (1, 86_400),
    "query_memory_mb": (1, 10_000_000),
    "workers": (1, 1_000),
    "queue_length": (1, 1_000_000),
    "graph_memory_mb": (0, 10_000_000),
    "result_max_mb": (1, 1_000_000),
    "load_max_mb": (1, 1_000_000),
    "bulk_load_mb": (0, 1_000_000),
    "ingest_timeout_s": (1, 86_400),
    "ingest_memory_mb": (1, 10_000_000),
    "change_max_quads": (1, 1_000_000_000),
    "write_rate": (1, 1_000_000),
    "token_failures": (1, 1_000_000),
    "graphql_partial_status": (200, 299),
    "max_connections": (0, 1_000_000),
    "client_connections": (1, 1_000_000),
    "client_requests": (1, 1_000_000),
    "client_wait_s": (0, 3_600),
    "head_timeout_s": (1, 3_600),
    "body_timeout_s": (1, 86_400),
    "stall_timeout_s": (1, 3_600),
    "min_rate": (1, 1_000_000_000),
    "idle_timeout_s": (1, 86_400),
    "shutdown_s": (0, 3_600),
    "log_queue_lines": (1, 10_000_000),
    "log_queue_mb": (1, 10_000),
    "head_max_kb": (1, 10_000),
    "head_max_fields": (1, 10_000),
    "body_max_mb": (1, 1_000_000),
}
"""The least and the greatest value of every number."""


def _validate(settings: Settings) -> None:
    _validate_tokens(settings)
    for name, (least, greatest) in _BOUNDS.items():
        if not least <= getattr(settings, name) <= greatest:  # neither is true of NaN
            raise BadParameterError(f"KG_{name.upper()}", f"must be from {least:,.0f} to {greatest:,.0f}")
    if reason := _reject_base_iri(settings.base_iri):
        raise BadParameterError("KG_BASE_IRI", f"{settings.base_iri!r} {reason}; for example {DEFAULT_BASE_IRI}")
    if settings.public_url and (reason := _reject_public_url(settings.public_url)):
        raise BadParameterError("KG_PUBLIC_URL", f"{settings.public_url!r} {reason}; as https://example.org/kg/")
    if settings.store and not _is_http_url(settings.store):
        raise BadParameterError("KG_STORE", "must be the http or https URL of a SPARQL 1.1 endpoint")
    if not _HOST.fullmatch(settings.host):
        raise BadParameterError("KG_HOST", "must be an IP address, without brackets, or the name of a host")
    for proxy in settings.trusted_proxies:
        if not _is_network(proxy):
            raise BadParameterError("KG_TRUSTED_PROXIES", f"{proxy!r} is not an address or a network")


def _validate_tokens(settings: Settings) -> None:
    if settings.write_token and not _TOKEN.fullmatch(settings.write_token):
        raise BadParameterError("KG_WRITE_TOKEN", "needs at least 16 characters, all of them printable ASCII, no space")
    if settings.store_token and not _VISIBLE.fullmatch(settings.store_token):
        raise BadParameterError("KG_STORE_TOKEN", "has a space or a character that is not printable ASCII")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


_TOKEN = re.compile(r"[!-~]{16,}")
_VISIBLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[0-9A-Za-z:._%-]+")
_PLAIN_PATH = re.compile(r"[0-9A-Za-z:._~/\[\]-]+")
_NOT_IN_IRI = re.compile(r'[<>"{}|\\^`]')


def _reject_base_iri(iri: str) -> str:
    """Why data IRIs cannot begin with this; empty if they can. RFC 3987, with a scheme that can be dereferenced."""
    if not iri.startswith(("http://", "https://")):
        return "must be an absolute IRI that begins with http:// or https://"
    if not iri.endswith(("/", "#")):
        return "must end in '/'"
    # Controls, format characters (those that reverse the direction of text among them), surrogates and spaces.
    if _NOT_IN_IRI.search(iri) or any(unicodedata.category(character)[0] in "CZ" for character in iri):
        return "has characters that an IRI cannot have"
    if not _is_http_url(iri) or "?" in iri or "#" in iri[:-1]:
        return "must be a scheme, a host and a path"
    return ""


def _reject_public_url(url: str) -> str:
    """Why addresses of this server cannot begin with this; empty if they can."""
    if reason := _reject_base_iri(url):
        return reason
    path = url.partition("://")[2]
    is_plain = url.endswith("/") and "//" not in path and _PLAIN_PATH.fullmatch(path)
    return "" if is_plain else "must have a plain path that ends in '/'"


def _is_http_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0 and " " not in text
    except ValueError:
        return False
