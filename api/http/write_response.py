"""Answers to writes: what has been changed or, in a dry run, would be; in JSON or plain text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.errors import finding_members
from api.http import conneg, etag
from api.http.conneg import Format
from api.services import Services
from kg.writer import LoadReport

_REPORT = "return=representation"
"""The preference for what has changed (RFC 7240, section 4.2)."""
_JSON = Format("application/json", ("json",))
_TEXT = Format("text/plain", ("text", "txt"))


def respond_written(request: Request, services: Services, properties: Mapping[str, Any]) -> Response:
    """204, or 201 for a graph that is new; with the report and 200 if the client prefers it, or of a dry run."""
    headers = version_headers(services)
    if properties.get("dry_run"):
        return respond_report(request, LoadReport.from_properties(properties), headers)
    is_new = bool(properties.get("is_new"))
    if "graphs" in properties and _prefers_report(request):
        headers["Preference-Applied"] = _REPORT
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return respond_report(request, LoadReport.from_properties(properties), headers, status)
    return Response(status_code=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT, headers=headers)


def _prefers_report(request: Request) -> bool:
    preferences = request.headers.get("prefer", "").replace(" ", "").lower()
    return _REPORT in preferences.replace(";", ",").split(",")


def version_headers(services: Services) -> dict[str, str]:
    """The headers of an answer to a write: a version of the data that has it."""
    version = services.knowledge_graph.store.version
    return {"Cache-Control": "no-store"} | etag.version_headers(version)


def respond_report(
    request: Request, report: LoadReport, headers: Mapping[str, str], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """The report in the preferred format."""
    headers = {**headers, "Vary": "Accept, Prefer"}
    if conneg.prefers(_TEXT.media_type, request.headers.get("accept", ""), over=(_JSON.media_type,)):
        return Response(_render_text(report), status, headers, media_type=_TEXT.media_type)
    body = json.dumps(report_members(report), ensure_ascii=False)
    return Response(body, status, headers, media_type=_JSON.media_type)


def report_members(report: LoadReport) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "graphs": [asdict(change) for change in report.graphs],
        "warnings": [finding_members(warning) for warning in report.warnings],
        "resources": [asdict(resource) for resource in report.resources],
    }


def _render_text(report: LoadReport) -> str:
    lines = [
        f"{graph.graph}: +{graph.added} -{graph.removed} quads;"
        f" {len(graph.new)} new, {len(graph.changed)} changed, {len(graph.gone)} gone"
        for graph in report.graphs
    ]
    lines += [f"  {resource.sign} {resource.sentence}" for resource in report.resources]
    lines += map(str, report.warnings)
    return "\n".join([*(lines or ["nothing would change"]), ""])
