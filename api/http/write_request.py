"""What a client asks of a write besides its content: a dry run, and preconditions (RFC 9110, section 13.1).

Reads headers and parameters; evaluates nothing.
"""

import re
from collections.abc import Mapping, Sequence

from starlette.requests import Request

from kg.errors import BadParameterError
from kg.governed.interface import Precondition, Presence, Unconditional
from kg.write_queue import ExpectedGraph

DRY_RUN = "dry-run"
_BOOLEANS = {"true": True, "1": True, "": True, "false": False, "0": False}
_ANY = "*"
_TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[^"]*)"')


def parse_dry_run(parameters: Mapping[str, Sequence[str]]) -> bool:
    """Whether the change is only reported. Raises BadParameterError."""
    values = {_BOOLEANS.get(value.lower()) for value in parameters.get(DRY_RUN, ["false"])}
    if len(values) == 1 and None not in values:
        return bool(values.pop())
    raise BadParameterError(DRY_RUN, "must be true or false")


def parse_precondition(request: Request, refused: Unconditional) -> Precondition:
    """Whether the graph has to exist; ``refused`` applies where the client says nothing of it."""
    if request.headers.get("if-none-match", "").strip() == _ANY:
        return Precondition(presence=Presence.ABSENT)
    if "if-match" in request.headers:
        return Precondition(presence=Presence.PRESENT)
    return Precondition(refused=refused)


def parse_expected(request: Request, graph: str) -> ExpectedGraph | None:
    """The versions that the graph may have, and those that it may not; None without any.

    A weak tag in If-Match matches nothing (section 13.1.1).
    """
    match, none_match = (request.headers.get(name, "").strip() for name in ("if-match", "if-none-match"))
    versions: tuple[str, ...] = ()
    if match and match != _ANY:
        versions = tuple(_versions(match, strong=True)) or ("",)
    excluded = tuple(_versions(none_match, strong=False)) if none_match != _ANY else ()
    return ExpectedGraph(graph, versions, excluded) if versions or excluded else None


def graph_etag(version: str, suffix: str) -> str:
    """The strong tag of a graph of this version in a syntax; empty without a version."""
    return f'"{version}.{suffix}"' if version else ""


def _versions(header: str, *, strong: bool) -> list[str]:
    """The versions of graphs in entity tags, each of which names a syntax too."""
    tags = [tag for tag in _TAG.finditer(header) if not (strong and tag["weak"])]
    return [tag["opaque"].rpartition(".")[0] or tag["opaque"] for tag in tags]
