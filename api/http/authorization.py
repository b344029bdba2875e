"""Who may write, and where: by bearer token (RFC 6750), and in ``--plain`` mode only but for loading."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import services
from kg.errors import QueryForbiddenError
from kg.update.plain_writer import PlainWriter

_SCHEME = "bearer"


def require_token(request: Request, what: str) -> None:
    """Let the request through with a token that may write; ``what`` is what it is needed for."""
    if not (token := _token(request)):
        reason = f"{what} needs a token: Authorization: Bearer ..."
        raise HTTPException(401, reason, {"WWW-Authenticate": "Bearer"})
    if not services.of(request).may_write(token):
        raise HTTPException(401, "this token may not write", {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def has_valid_token(request: Request) -> bool:
    """Whether the request comes with a token that may write."""
    return bool(token := _token(request)) and services.of(request).may_write(token)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else ""


def open_writer(request: Request) -> PlainWriter:
    """What changes the store past all shapes. Raises QueryForbiddenError in governed mode, HTTPException sans token."""
    running = services.of(request)
    if not running.settings.plain:
        raise QueryForbiddenError(
            "update", "what is published here is validated first: load documents with POST /load, or kg load"
        )
    require_token(request, "writing")
    return PlainWriter(running.knowledge_graph.store, running.knowledge_graph.write_lock, running.executor.refresh)
