"""The import strings that ``kg serve`` passes to uvicorn name objects that exist."""

from uvicorn.importer import import_from_string
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.cli.serve import APP, HTTP_PROTOCOL


def test_the_application_factory_exists() -> None:
    assert callable(import_from_string(APP))


def test_the_http_protocol_is_one_of_uvicorn() -> None:
    assert issubclass(import_from_string(HTTP_PROTOCOL), HttpToolsProtocol)
