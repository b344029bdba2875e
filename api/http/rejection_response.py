"""422 to a write that does not conform: its findings as problem details, as a validation report in RDF, or as text.

Problem details are the default; the others are for clients that prefer them.
"""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from api.http import conneg
from kg.errors import Finding, InputRejectedError
from kg.namespaces import select_prefixes
from kg.rdf_formats import GRAPH_SYNTAXES, serialize
from kg.validation.report import create_report

_JSON = ("application/problem+json", "application/json")
_PREFIXES = select_prefixes("ck", "cks", "sh", "xsd")


def respond_in_rdf(request: Request, error: InputRejectedError) -> Response | None:
    """The report in the syntax of RDF that the client prefers to JSON; None if it prefers none."""
    accept = request.headers.get("accept", "")
    preferred = [
        syntax for syntax in GRAPH_SYNTAXES if conneg.prefers(syntax.media_type, accept, over=(*_JSON, "text/plain"))
    ]
    if not preferred:
        return None
    syntax = conneg.find_format(GRAPH_SYNTAXES, conneg.select_media_type(preferred, accept))
    body = serialize(create_report(error.findings), syntax, _PREFIXES)
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    return Response(body, HTTPStatus.UNPROCESSABLE_ENTITY, headers, media_type=syntax.media_type)


def render_text(finding: Finding) -> str:
    """The finding in a line: where, about what, the rule, what is wrong and what to do."""
    rule = f" [{finding.rule}]" if finding.rule else ""
    value = f" ({finding.value})" if finding.value else ""
    return f"{finding}{rule}{value}"
