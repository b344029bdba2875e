"""What a page is about, in the terms of https://schema.org, as a data block of its HTML (HTML, section 4.12.1).

Owns how JSON-LD is written into HTML. What is contested is in no such block without who says it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from kg.catalog.description import ABSTRACT, TITLE, Site
from kg.catalog.dump_files import ALL, SUFFIX, Dump, DumpSet
from kg.namespaces import SCHEMA_DATASET
from kg.schema.model import local_name


def data_block(value: Mapping[str, Any]) -> Markup:
    """The value as the content of a script element: nothing in it ends the element."""
    text = json.dumps({"@context": "https://schema.org/", **value}, ensure_ascii=False, indent=1)
    return Markup(text.replace("<", "\\u003c"))


def describe_data_sets(site: Site, version: str, dumps: DumpSet | None, graphs: Iterable[Mapping[str, Any]]) -> Markup:
    """The data set with all of the data, and the home graphs as its parts (https://schema.org/Dataset).

    ``graphs``: ``iri``, ``title``, ``description``, ``licence``, ``version`` and ``dump`` of each.
    """
    whole = dumps.find(ALL) if dumps else None
    return data_block(
        {
            "@type": local_name(SCHEMA_DATASET),
            "@id": site.part("data").value,
            "name": TITLE,
            "description": ABSTRACT,
            "url": site.url("/catalog").value,
            "version": version,
            "isAccessibleForFree": True,
            "includedInDataCatalog": {"@type": "DataCatalog", "@id": site.catalog.value, "name": "conflict-kg"},
            **({"distribution": _download(site, whole)} if whole else {}),
            "hasPart": [_describe_part(site, graph) for graph in graphs],
        }
    )


def _describe_part(site: Site, graph: Mapping[str, Any]) -> dict[str, Any]:
    members = {
        "@type": local_name(SCHEMA_DATASET),
        "@id": graph["iri"],
        "name": graph["title"],
        "description": graph["description"],
        "license": graph["licence"],
        "version": graph["version"],
        "distribution": _download(site, graph["dump"]) if graph["dump"] else None,
    }
    return {name: value for name, value in members.items() if value}


def _download(site: Site, dump: Dump) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "contentUrl": site.url(f"/dumps/{dump.name}.{SUFFIX}").value,
        "encodingFormat": ["application/n-quads", "application/gzip"],
        "contentSize": f"{dump.size} B",
        "sha256": dump.sha256,
    }
