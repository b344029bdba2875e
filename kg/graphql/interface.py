"""The contract with the process that talks to clients: how a request is handed over, and what is said of its response.

Knows no status codes of any protocol, and does not import graphql-core.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

EXECUTE = "graphql"
"""The procedure that executes a request."""
PRINT_SCHEMA = "graphql-schema"
"""The procedure that returns the schema in SDL."""


class Encoding(StrEnum):
    """How the parameters of a request are written."""

    JSON = "json"
    QUERY_STRING = "query-string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of ``EXECUTE``; the parameters of the request are its content."""

    encoding: Encoding
    allow_mutation: bool
    document: str = ""
    """A document that a client sent before, and names by its hash now."""
    candidates: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    """What a text index has found, by the text that the request searches: ``Candidate.members``."""


class Stage(StrEnum):
    """How far a request came."""

    MALFORMED = "malformed"
    """Its parameters could not be read."""
    UNKNOWN_DOCUMENT = "unknown-document"
    """It names a document that is not stored here."""
    REFUSED = "refused"
    """It was not executed (GraphQL specification, section 7.1.1: a request error)."""
    SEARCHES = "searches"
    """It was not executed: it needs what a text index finds for ``Outcome.searches``."""
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of a response beside its body."""

    stage: Stage
    has_data: bool = False
    codes: tuple[str, ...] = ()
    """Of its errors, each once, in the order in which they come first."""
    retry_after: int | None = None
    """Seconds, if it failed because too much was under way."""
    sent: tuple[str, str] | None = None
    """Hash and text of a document that the client sent in order to name it from now on."""
    missing: str = ""
    """The hash or id of a document that this process does not know; another one may have seen it."""
    searches: tuple[str, ...] = ()
    """Texts of which it needs candidates, to be executed again with them."""
    bugs: tuple[str, ...] = ()
    """Tracebacks of internal errors, for the log."""

    def to_properties(self) -> dict[str, Any]:
        """As JSON values; those that say nothing are left out."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> Self:
        """The outcome from the values of ``to_properties``."""
        sent = properties.get("sent")
        return cls(
            stage=Stage(properties["stage"]),
            has_data=properties.get("has_data", False),
            codes=tuple(properties.get("codes", ())),
            retry_after=properties.get("retry_after"),
            sent=(sent[0], sent[1]) if sent else None,
            missing=properties.get("missing", ""),
            searches=tuple(properties.get("searches", ())),
            bugs=tuple(properties.get("bugs", ())),
        )
