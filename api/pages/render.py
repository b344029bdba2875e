"""Templates and how they are filled in: values in, bytes out. Knows no request; runs in worker processes too.

Templates extend ``base.html`` and use the macros of ``table.html``. No page contacts another host.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from api.http.links import compact_iri, local_path
from kg.namespaces import EDTF
from kg.settings import Settings
from kg.status.wording import word_date
from kg.text_direction import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, isolate, neutralize

_HERE = Path(__file__).parent
QUERIES = _HERE / "queries"
"""The queries that pages run or show."""
ASSETS = _HERE / "assets"
"""Stylesheets, icons and editors, served at /static."""

HTML = "text/html"
_NOT_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Of https://infra.spec.whatwg.org/#control and noncharacters of the first plane; a parser reports or drops them."""

_NAMES = "href|src|action|formaction|data-endpoint|data-outlines|data-query"
_PATHS = rf'(?<=\s)(?:{_NAMES})="(?=/(?!/))(?!%s[/?#"])'
"""Before a path of this server in an attribute. No value that is filled in can look so: its quotes are escaped."""


def mark_isolates(text: str) -> Markup:
    """A sentence as HTML: what is isolated in it is a ``bdi`` element, since some readers drop the characters."""
    escaped = str(escape(text))
    if escaped.count(FIRST_STRONG_ISOLATE) != escaped.count(POP_DIRECTIONAL_ISOLATE):
        return Markup(escaped)
    return Markup(escaped.replace(FIRST_STRONG_ISOLATE, "<bdi>").replace(POP_DIRECTIONAL_ISOLATE, "</bdi>"))


class PageRenderer:
    """The templates of one server, with every value escaped."""

    def __init__(self, settings: Settings) -> None:
        """``settings``: pages show the base IRI and limits, and link IRIs that this server describes to its paths."""
        local = partial(local_path, base_iri=settings.base_iri)
        self._prefix = settings.path_prefix
        self._paths = re.compile(_PATHS % re.escape(self._prefix))
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"local": local, "isolate": isolate, "neutralize": neutralize, "bdi": mark_isolates}
        self._templates.filters["date"] = word_date
        self._templates.globals |= {"settings": settings, "local": local, "curie": compact_iri, "edtf": EDTF}
        # Before the first page, so that workers inherit them compiled.
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    def render(self, template: str, *, section: str = "", **values: Any) -> bytes:
        """The template filled in; ``section`` is the entry of the main navigation that the page belongs to.

        Templates have the paths of routes; where the server has a public address, its path is put before them.

        Characters that HTML does not permit are shown as U+FFFD; the data formats have them.
        """
        html: str = self._templates.get_template(template).render(section=section, **values)
        if self._prefix:
            html = self._paths.sub(rf"\g<0>{self._prefix}", html)
        return _NOT_HTML.sub("\ufffd", html).encode(errors="replace")


def read_query(name: str) -> str:
    """The text of a query that a page runs or shows."""
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
