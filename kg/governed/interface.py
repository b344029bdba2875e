"""The writes of governed mode as the web process knows them: the names and the calls of their procedures.

Knows nothing of rules and shapes, and parses nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from kg.execution.interface import Call
from kg.rdf_formats import DATASET_SYNTAXES
from kg.update.evaluation import Update
from kg.update.graph_body import ACCEPTED

UPDATE = "governed-update"
PUT_GRAPH = "governed-graph-put"
POST_GRAPH = "governed-graph-post"
PATCH_GRAPH = "governed-graph-patch"
DELETE_GRAPH = "governed-graph-delete"
YAML_MEDIA_TYPES = ("application/ld+yaml", "application/yaml", "application/x-yaml", "text/yaml")
ACCEPTED_MEDIA_TYPES = (*ACCEPTED, *(syntax.media_type for syntax in DATASET_SYNTAXES), *YAML_MEDIA_TYPES[:2])
"""Of the body of a write of one graph."""
PATCH_MEDIA_TYPE = "application/sparql-update"
"""Of the body of a patch."""


class Presence(StrEnum):
    """Whether a graph must be there before a write."""

    ANY = ""
    PRESENT = "present"
    ABSENT = "absent"


class Unconditional(StrEnum):
    """Which existing graphs may not be replaced, changed or deleted without a precondition."""

    NONE = ""
    DOSSIERS = "dossiers"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """What must hold of the graph, in the order of commits, for the write to be made (RFC 9110, section 13)."""

    presence: Presence = Presence.ANY
    versions: tuple[str, ...] = ()
    """The versions of the graph that the client has seen; without any, its version does not matter."""
    refused: Unconditional = Unconditional.NONE
    """Graphs for which there would have to be a precondition, if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphWrite:
    """A write of one named graph as received; nothing in it is trusted."""

    procedure: str
    graph: str
    content_type: str = ""
    content: bytes = b""
    precondition: Precondition = Precondition()
    dry_run: bool = False


def call_update(update: Update, *, dry_run: bool, timeout_s: float | None = None, client: str = "") -> Call:
    """The call that evaluates the update and judges its change; ``timeout_s``: infinity for the owner of the data."""
    arguments = {
        "using": update.using,
        "using_named": update.using_named,
        "base_iri": update.base_iri,
        "dry_run": dry_run,
        "is_bounded": timeout_s != inf,
    }
    return Call(procedure=UPDATE, arguments=arguments, content=update.text.encode(), timeout_s=timeout_s, client=client)


def call_graph_write(write: GraphWrite, *, timeout_s: float | None = None, client: str = "") -> Call:
    """The call that evaluates the write and judges its change."""
    arguments = {
        "graph": write.graph,
        "content_type": write.content_type,
        "presence": write.precondition.presence.value,
        "refused": write.precondition.refused.value,
        "dry_run": write.dry_run,
        "is_bounded": timeout_s != inf,
    }
    return Call(
        procedure=write.procedure, arguments=arguments, content=write.content, timeout_s=timeout_s, client=client
    )
