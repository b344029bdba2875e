"""The address under which clients know this server, where a proxy gives it another one (``KG_PUBLIC_URL``).

Inside, all paths are those of the routes; ``api.middleware.public_path`` removes the prefix from requests and adds it
to header fields, ``api.pages.render`` adds it to pages. Both leave an address as it is that has it already.
"""

from starlette.requests import HTTPConnection

PUBLIC_URL = "public_url"
"""Key of the ASGI scope: the address of the server without a slash at its end, where one is configured."""


def public_url(request: HTTPConnection, path: str | None = None) -> str:
    """The address of the request without its query, or that of another path; of the server itself for an empty one.

    Without a configured address it is that of the host which the client names.
    """
    own = request.url.replace(query="", fragment="")
    public: str | None = request.scope.get(PUBLIC_URL)
    if public is None:
        return str(own if path is None else own.replace(path=path))
    return public + (own.path if path is None else path)


def public_path(request: HTTPConnection, path: str) -> str:
    """A path of this server as clients know it."""
    return prefix_of(request.scope.get(PUBLIC_URL, "")) + path


def prefix_of(url: str) -> str:
    """The path of an address, without a slash at its end."""
    return "/" + rest.strip("/") if (rest := url.partition("://")[2].partition("/")[2].strip("/")) else ""
