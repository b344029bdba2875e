"""From IRIs to addresses of this server. Owns which namespaces it serves; what is elsewhere is left as it is."""

from urllib.parse import quote, urlsplit

from kg import jsonld_context, namespaces
from kg.schema import local_name

_LINKED = ("http", "https", "mailto")
_HOME = namespaces.VOCAB.removesuffix("vocab/")
_SAFE = "/~!$&'()*+,;=:@%"
PREFIXES = {**jsonld_context.PREFIXES, "sh": namespaces.SH}


def local_path(iri: str, base_iri: str) -> str:
    """Where this server tells of an IRI, as a path; its own address if elsewhere, empty if it is not one to follow."""
    if iri.startswith((namespaces.CK, namespaces.CKS)):
        return iri.removeprefix(_HOME).join(("/", ""))
    if iri.startswith(namespaces.VOCAB):
        scheme, _, concept = iri.removeprefix(namespaces.VOCAB).partition("/")
        return f"/vocab/{quote(scheme)}" + (f"#{quote(concept)}" if concept else "")
    if iri in (f"{_HOME}ontology", f"{_HOME}shapes", f"{_HOME}context", f"{_HOME}alignments"):
        return "/" + local_name(iri)
    if iri.startswith(base_iri):
        return "/" + quote(iri.removeprefix(base_iri), safe=_SAFE)
    return iri if urlsplit(iri).scheme in _LINKED else ""


def compact_iri(iri: str) -> str:
    """The IRI with a well-known prefix, or in angle brackets."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"
