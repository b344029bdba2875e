"""Responses that are pages: their Content-Security-Policy, whatever a literal in the data contains."""

from starlette.responses import Response

# Only our own stylesheet and images may load.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# Our own scripts, which ask only this server: for what is found while words are typed, for the outlines of the map.
SEARCH_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# As a page, in a frame of any other program.
EMBEDDED_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors *"
# The editors set inline styles; scripts, fonts and connections are this server's only.
YASGUI_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def html_headers(policy: str = PAGE_POLICY) -> dict[str, str]:
    """The headers of a negotiated page."""
    return {"Content-Security-Policy": policy, "Vary": "Accept"}


def respond_html(body: bytes, *, status: int = 200, policy: str = PAGE_POLICY) -> Response:
    """The page."""
    return Response(body, status, html_headers(policy), media_type="text/html")
