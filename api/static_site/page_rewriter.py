"""Pages of the server as pages of the copy: relative links, no forms, and notes where a server would be needed.

Reads what our own templates write: every value in it is escaped, so that ``<``, ``>`` and quotation marks are those of
the markup alone.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from api.static_site.addresses import Addresses, Target, link_between

NEEDS_SERVER = "needs the server"
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'"
)
_HEAD = (
    f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    '\n<meta name="generator" content="kg publish">'
)
_FORM = re.compile(r"<form\b(?P<attributes>[^<>]*)>.*?</form>", re.DOTALL)
_FORM_NOTE = '<p class="note">This form needs the server; this is a copy of its pages.</p>'
_SERVER_SECTION = re.compile(
    r'<(?P<name>section|li|p)\b[^<>]*\bdata-needs="server"[^<>]*>.*?</(?P=name)>\n?', re.DOTALL
)
_FOOTER = re.compile(r"(<footer class=\"site\">\s*<div class=\"inner\">)")
_FOOTER_NOTE = (
    "<p>This is a copy as files: queries, questions with other values, comparisons by choice and filters need the"
    " server.</p>"
)
_TAG = re.compile(r"<(?P<name>[a-z][a-z0-9]*)\b(?P<attributes>[^<>]*)>")
_ADDRESS = re.compile(r'(?P<before>\s)(?P<name>href|src|action|data-outlines)="(?P<value>[^"]*)"')
_SCRIPT = '<script src="{}/static/{}" defer></script>'
_SEARCH, _SITE_SEARCH = "search.js", "site-search.js"


class PageRewriter:
    """Rewrites pages; ``origin`` is the address of the server, which its absolute links begin with."""

    def __init__(self, addresses: Addresses, origin: str) -> None:
        self._addresses, self._origin = addresses, origin
        prefix = urlsplit(origin).path
        self._search, self._site_search = (_SCRIPT.format(prefix, name) for name in (_SEARCH, _SITE_SEARCH))

    def rewrite(self, page: str, url: str, file: str, found: Callable[[Target], None]) -> str:
        """The page at that address as the content of that file; ``found`` is called with what it links to."""
        page = page.replace('<meta charset="utf-8">', _HEAD, 1)
        page = page.replace(self._search, f"{self._site_search}\n{self._search}", 1)
        page = _SERVER_SECTION.sub("", page)
        page = _FORM.sub(lambda form: form[0] if 'role="search"' in form["attributes"] else _FORM_NOTE, page)
        page = _FOOTER.sub(lambda footer: footer[1] + _FOOTER_NOTE, page)

        def rewrite_tag(tag: re.Match[str]) -> str:
            return self._rewrite_tag(tag, url, file, found)

        return _TAG.sub(rewrite_tag, page)

    def _rewrite_tag(self, tag: re.Match[str], url: str, file: str, found: Callable[[Target], None]) -> str:
        is_dropped = False

        def rewrite_address(match: re.Match[str]) -> str:
            nonlocal is_dropped
            value = unescape(match["value"])
            link = self._link(value, url, file, found)
            if link is None:
                is_dropped = True
                return ""
            return f'{match["before"]}{match["name"]}="{escape(link)}"'

        attributes = _ADDRESS.sub(rewrite_address, tag["attributes"])
        if is_dropped:
            if tag["name"] == "link":
                return ""
            attributes = re.sub(r'\s(?:title|rel)="[^"]*"', "", attributes)
            attributes = (
                f'{attributes} class="server" title="{NEEDS_SERVER}"'
                if "class=" not in attributes
                else (f'{attributes} title="{NEEDS_SERVER}"')
            )
        return f"<{tag['name']}{attributes}>"

    def _link(self, value: str, url: str, file: str, found: Callable[[Target], None]) -> str | None:
        """The link of the copy for a link of the server; None where a static host cannot have its target."""
        if value.startswith("#"):
            return value
        absolute = urljoin(f"{self._origin}{url}", value)
        if not absolute.startswith(f"{self._origin}/") and absolute != self._origin:
            return value if urlsplit(absolute).scheme in ("http", "https", "mailto", "data") else None
        path = absolute.removeprefix(self._origin) or "/"
        target = self._addresses.find(path)
        if target is None:
            return None
        found(target)
        return link_between(file, target)
