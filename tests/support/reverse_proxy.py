"""A proxy that serves a server below a path and nothing else of the host, as nginx does with ``location /kg/``.

With ``strips`` it removes the path from requests (``proxy_pass http://server/;``), otherwise it passes them as they
are.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_OWN = ("connection", "transfer-encoding", "content-length", "date", "server")
"""Header fields of one connection, which a proxy does not pass on."""


class ReverseProxy(ThreadingHTTPServer):
    """Listens at a port of the loopback as soon as it is made; ``server`` may be set later."""

    daemon_threads = True

    def __init__(self, prefix: str, *, strips: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prefix, self.strips = prefix, strips
        self.server = ""
        self.outside: list[str] = []
        """What was requested that is not below the path."""
        self.client = httpx.Client(trust_env=False, timeout=60)

    def server_close(self) -> None:
        super().server_close()
        self.client.close()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def public_url(self) -> str:
        """The address of the server as clients know it."""
        return f"{self.host}{self.prefix}/"


class _Handler(BaseHTTPRequestHandler):
    server: ReverseProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_arguments: object) -> None:
        """A test says what is wrong."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        proxy = self.server
        if not self.path.startswith(f"{proxy.prefix}/"):
            proxy.outside.append(self.path)
            self.send_error(404)
            return
        path = self.path.removeprefix(proxy.prefix) if proxy.strips else self.path
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _OWN]
        response = proxy.client.request(self.command, f"{proxy.server}{path}", headers=headers, content=body)
        self.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            if name.lower() not in (*_OWN, "content-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.content)

    do_GET = do_HEAD = do_POST = do_OPTIONS = _pass_on  # noqa: N815


@contextmanager
def run_proxy(prefix: str, *, strips: bool) -> Iterator[ReverseProxy]:
    """A proxy that answers until the end of the block."""
    with ReverseProxy(prefix, strips=strips) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
