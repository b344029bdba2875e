"""Which IRIs a browser may follow, whatever their form."""

import pytest

from api.http.links import external_link, local_path


@pytest.mark.parametrize("iri", ["https://example.org/a", "HTTP://example.org/", "mailto:a@example.org", "http://[x"])
def test_iri_of_a_known_scheme_is_a_link(iri: str) -> None:
    assert external_link(iri) == iri
    assert local_path(iri, "https://base.example/") == iri


@pytest.mark.parametrize(
    "iri", ["", "http", "javascript:alert(1)", "java\nscript:a", " http://a", "urn:[", "//[x", "data:a"]
)
def test_iri_of_another_scheme_or_of_none_is_no_link(iri: str) -> None:
    assert external_link(iri) == ""
    assert local_path(iri, "https://base.example/") == ""
