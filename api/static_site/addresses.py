"""Which file of the copy stands for which address of the server.

Owns what a static host can have at all: an address that computes an answer to a question has no file. File names are
the paths of the server with ``.html``, or the suffix of the format, so that a thing has its data beside its page; a
capital letter is a small one after a tilde, since to many file systems ``Place`` and ``place`` are one name.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from posixpath import relpath
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SERVER_ONLY = (
    "/sparql", "/graphql", "/graphs", "/load", "/bulk-load", "/backup", "/openapi.json", "/healthz", "/readyz",
    "/metrics", "/reconcile",
)  # fmt: skip
"""What computes answers, or says how a server is."""
_AS_THEY_ARE = ("/static/", "/dumps/", "/sitemap/", "/sitemap.xml", "/robots.txt", "/void.ttl")
_SUFFIXES = {"/context": "jsonld", "/context.jsonld": "jsonld", "/alignments": "ttl"}
"""Of what has no page."""
LISTS = ("/incidents", "/actors", "/places", "/zones", "/sources", "/statements")
_SUFFIXES_OF_FORMATS = {"spreadsheet": "table.csv"}
_GENID = "/.well-known/genid/"
_MAX_NAME = 200
"""Bytes of the name of a file or folder, which file systems limit to 255."""
_ASSETS = "static/"
_MARK = "~"
_FOLDED = re.compile("[A-Z~]|[^\x00-\x7f]")
_SAFE = "/~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Target:
    """A file of the copy, and the address of the server that has its content."""

    file: str
    url: str
    fragment: str = ""


@dataclass(frozen=True)
class Addresses:
    """Maps addresses to files; addresses begin with a slash."""

    base_iri: str
    """What the IRIs of data begin with."""
    described: Collection[str]
    """The pages of resources and home graphs, as ``page_of_resource`` names them: others have none."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """The query of the example of each question of the catalogue, which is answered in the copy."""
    left_out: Collection[str] = ()
    """Files that the copy cannot have; read when an address is looked up."""

    def find(self, url: str) -> Target | None:
        """The file for an address of the server; None where a static host cannot have it."""
        parts = urlsplit(url)
        path = parts.path
        if any(path == prefix or path.startswith(f"{prefix}/") for prefix in SERVER_ONLY):
            return None
        query = parse_qsl(parts.query, keep_blank_values=True)
        found = self._find_computed(path, query) or self._find_document(path, query)
        file = spell_file(found.file) if found else ""
        if found is None or file in self.left_out or not _is_file_name(file):
            return None
        return Target(file, found.url, parts.fragment)

    def _find_computed(self, path: str, query: list[tuple[str, str]]) -> Target | None:
        """Answers that the copy has: examples of questions, and comparisons of what says most."""
        format_ = next((value for name, value in query if name == "format"), "html")
        if path.startswith("/questions/"):
            return self._find_answer(path, query, format_)
        if path == "/compare" and query:
            thing = next((value for name, value in query if name == "thing"), "")
            kept = [pair for pair in query if pair[0] in ("thing", "format")]
            is_default = kept == query or format_ != "html"
            file = page_of_resource(thing, self.base_iri)
            if not is_default or file not in self.described:
                return None
            name = file.removeprefix("id/").removesuffix(".html")
            return Target(f"compare/{name}.{format_}", f"/compare?thing={quote(thing, safe='')}&format={format_}")
        return None

    def _find_answer(self, path: str, query: list[tuple[str, str]], format_: str) -> Target | None:
        """The answer to the example of a question, in a format; of a long one perhaps a further page."""
        name = path.removeprefix("/questions/")
        given = [pair for pair in query if pair[0] not in ("format", "page")]
        if name not in self.examples or (given and _names(given) != _names(parse_qsl(self.examples[name]))):
            return None
        number = next((value for name, value in query if name == "page"), "1")
        asked = [*parse_qsl(self.examples[name]), ("format", format_), *([("page", number)] if number != "1" else [])]
        return Target(
            f"{path[1:]}{_part(number)}.{_SUFFIXES_OF_FORMATS.get(format_, format_)}", f"{path}?{urlencode(asked)}"
        )

    def _find_document(self, path: str, query: list[tuple[str, str]]) -> Target | None:
        """What has a path of its own, perhaps in several formats or pages."""
        names = [name for name, _ in query]
        if path.startswith("/data/") and names in ([], ["page"]):
            name, _, suffix = unquote(path.removeprefix("/data/")).rpartition(".")
            part = _part(query[0][1]) if query else ""
            return Target(f"id/{name}{part}.{suffix}", f"{path}{f'?page={query[0][1]}' if part else ''}")
        if path.startswith("/questions/") or (path == "/compare" and query):
            return None
        if names == ["format"] and query[0][1] != "html":
            return Target(f"{unquote(path[1:])}.{query[0][1]}", f"{path}?format={query[0][1]}")
        if names == ["page"] and query[0][1] != "1" and path in LISTS:
            return Target(f"{path[1:]}{_part(query[0][1])}.html", f"{path}?page={query[0][1]}")
        return self._find_page(path) if names in ([], ["format"], ["page"]) else None

    def _find_page(self, path: str) -> Target | None:
        if path == "/":
            return Target("index.html", "/")
        is_list_file = path.rpartition(".")[0] in LISTS
        if path.startswith(_AS_THEY_ARE) or is_list_file:
            return Target(unquote(path[1:]), path)
        if path in _SUFFIXES:
            return Target(f"{unquote(path[1:]).removesuffix('.jsonld')}.{_SUFFIXES[path]}", path)
        for prefix in ("/page/", "/id/", _GENID):
            if path.startswith(prefix):
                name = f"{'genid/' if prefix == _GENID else ''}{path.removeprefix(prefix)}"
                file = f"id/{unquote(name)}.html"
                return Target(file, f"/page/{name}") if file in self.described else None
        file = f"{unquote(path[1:])}.html"
        if path.startswith("/graph/"):
            return Target(file, f"{path}?format=html") if file in self.described else None
        return Target(file, path)


def _names(query: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters of a question with short names: zone:idlib, zone/idlib and idlib are the same."""
    return sorted((name, value.rpartition("/")[2].rpartition(":")[2]) for name, value in query)


def _part(number: str) -> str:
    """What names of files have of a page of several."""
    return f".page-{number}" if number != "1" else ""


def page_of_resource(iri: str, base_iri: str) -> str:
    """The path of a resource or home graph of this site with ``.html``; empty for others and where no file can be."""
    if not iri.startswith(base_iri):
        return ""
    path = iri.removeprefix(base_iri)
    if path.startswith(_GENID[1:]):
        path = f"id/genid/{path.removeprefix(_GENID[1:])}"
    file = f"{unquote(path)}.html"
    return file if path.startswith(("id/", "graph/")) and _is_file_name(spell_file(file)) else ""


def spell_file(path: str) -> str:
    """The name of the file for a path: of different paths always one that differs in more than case.

    Assets keep their names: scripts know them.
    """
    return path if path.startswith(_ASSETS) else _FOLDED.sub(_spell_letter, path)


def _spell_letter(match: re.Match[str]) -> str:
    letter = match[0]
    if letter.casefold() == letter and letter != _MARK:
        return letter
    is_capital = letter.isascii() and letter.isalpha()
    return f"{_MARK}{letter.lower() if is_capital else letter if letter == _MARK else f'-{ord(letter):x}-'}"


def link_between(file: str, target: Target) -> str:
    """The relative link from one file to another."""
    link = quote(relpath(target.file, file.rpartition("/")[0] or "."), safe=_SAFE)
    # A first segment with a colon would be a scheme (RFC 3986, section 4.2).
    link = f"./{link}" if ":" in link.partition("/")[0] else link
    return f"{link}#{target.fragment}" if target.fragment else link


def _is_file_name(file: str) -> bool:
    segments = file.split("/")
    return "\0" not in file and all(
        segment not in ("", ".", "..") and len(segment.encode(errors="surrogatepass")) <= _MAX_NAME
        for segment in segments
    )
