"""Maps IRIs to paths of this server and to prefixed names. Owns which namespaces this server dereferences."""

from urllib.parse import quote

from kg import namespaces
from kg.schema.model import local_name

_LINKED = ("http", "https", "mailto")
_HOME = namespaces.VOCAB.removesuffix("vocab/")
_SAFE = "/~!$&'()*+,;=:@%"


def local_path(iri: str, base_iri: str) -> str:
    """The path under which this server describes an IRI; the IRI itself on another host; empty if it is no link."""
    if iri.startswith(namespaces.CK):
        return f"/ontology/{quote(iri.removeprefix(namespaces.CK))}"
    if iri.startswith(namespaces.CKS):
        return f"/shapes#{quote(iri.removeprefix(namespaces.CKS))}"
    if iri.startswith(namespaces.VOCAB):
        scheme, _, concept = iri.removeprefix(namespaces.VOCAB).partition("/")
        return f"/vocab/{quote(scheme)}" + (f"#{quote(concept)}" if concept else "")
    if iri in (f"{_HOME}ontology", f"{_HOME}shapes", f"{_HOME}context", f"{_HOME}alignments"):
        return "/" + local_name(iri)
    if iri.startswith(base_iri):
        return "/" + quote(iri.removeprefix(base_iri), safe=_SAFE)
    return external_link(iri)


def external_link(iri: str) -> str:
    """The IRI if a browser may follow it, else an empty string; an IRI of any form, also of none."""
    scheme, colon, _ = iri.partition(":")
    return iri if colon and scheme.lower() in _LINKED else ""


def compact_iri(iri: str) -> str:
    """The IRI as a prefixed name where a prefix fits, else in angle brackets."""
    name = namespaces.prefixed_name(iri, namespaces.VOCABULARY_PREFIXES)
    return f"<{iri}>" if name == iri else name


def header_target(target: str) -> str:
    """An IRI or path as a URI for a header field: in ASCII (RFC 3987, section 3.1)."""
    return quote(target, safe=f"{_SAFE}?#[]")


class LinkHeader:
    """The value of a ``Link`` header field (RFC 8288), link by link."""

    def __init__(self) -> None:
        self._links: dict[str, None] = {}

    def add(self, target: str, relation: str, media_type: str = "") -> None:
        """A link; ``media_type`` is that of the target, where it has one."""
        type_ = f'; type="{media_type}"' if media_type else ""
        self._links[f'<{header_target(target)}>; rel="{relation}"{type_}'] = None

    def format(self) -> str:
        """All links, each once, in their order."""
        return ", ".join(self._links)
