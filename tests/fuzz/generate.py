"""Request number N of a seed: drawn by kind and weight, the same however many are sent before it.

Owns which kinds of requests there are. How a part is mutated is for ``mutation``, what it was before for ``seeds``.
"""

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES, RESULT_FORMATS
from tests.fuzz import request
from tests.fuzz.mutation import BAD_TEXTS, encode_json, mutate_bytes, mutate_json, mutate_text, nested_text
from tests.fuzz.raw_http import break_http
from tests.fuzz.request import AUTHORIZED, FORM, Request
from tests.fuzz.seeds import Seeds

_TYPES = (
    *(syntax.media_type for syntax in (*RDF_SYNTAXES, *RESULT_FORMATS)),
    "text/html",
    "application/json",
    "*/*",
    "text/*",
)
_METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
_PARAMETERS = (
    "query", "update", "default-graph-uri", "named-graph-uri", "using-graph-uri", "format", "timeout", "graph", "default",
    "documentId", "variables", "extensions", "operationName", "q", "page",
)  # fmt: skip
_LOOK_UP = "/sparql?" + urlencode({"query": "SELECT * { <https://w3id.org/conflict-kg/id/zone/idlib> ?p ?o }"})
_DEPTHS = (5, 50, 199, 300, 1_000, 5_000)

Chance = random.Random


@dataclass(frozen=True, slots=True)
class Generator:
    """Requests of one seed for one kind of server."""

    seeds: Seeds
    seed: int
    plain: bool

    def request(self, number: int) -> tuple[str, Request]:
        """The kind and the request of this number."""
        chance = random.Random(f"{self.seed} {number}")
        kinds = _PLAIN if self.plain else _GOVERNED
        kind = chance.choices(list(kinds), [weight for weight, _ in kinds.values()])[0]
        made = kinds[kind][1](self.seeds, chance)
        return kind, _vary(made, chance)


def _vary(made: Request, chance: Chance) -> Request:
    """Sometimes another Accept or other odd header fields."""
    if made.raw or chance.random() > 0.25:
        return made
    name = chance.choice(("Accept", "Accept", "Accept-Encoding", "If-None-Match", "Host", "Content-Type", "Content-Encoding",
                          "Authorization", "Origin", "X-Request-ID", "Forwarded", "X-Forwarded-For", "Range", "Expect", "Cookie"))  # fmt: skip
    return made.with_header(name, _authorization(chance) if name == "Authorization" else _field_value(chance))


def _authorization(chance: Chance) -> str:
    """Something for the header field Authorization; seldom the right token, so that hardly a write is repeated."""
    scheme = chance.choice(("Bearer", "bearer", "BEARER", "Basic", "Digest", "Bearer,", ""))
    token = chance.choice(
        ("{token}", "kgt_" + "a" * 43, "=", "{token} {token}", "{token},", "a" * 10_000, _field_value(chance))
    )
    return f"{scheme}{chance.choice((' ', '  ', chr(9), ''))}{mutate_text(token, chance) if chance.random() < 0.5 else token}"


def _field_value(chance: Chance) -> str:
    """Something for a header field; line ends would begin another field, which ``raw_http`` tries."""
    choices = (
        lambda: f"{chance.choice(_TYPES)};q={chance.choice(('0', '1', '0.5', 'x', '-1', '1e9', '.', ''))}",
        lambda: ",".join(chance.choice(_TYPES) for _ in range(chance.choice((1, 2, 50)))),
        lambda: mutate_text(chance.choice(_TYPES), chance),
        lambda: chance.choice(BAD_TEXTS),
        lambda: mutate_text("127.0.0.1:8000", chance),
        lambda: 'W/"1-abc", ' * chance.choice((1, 100)),
        lambda: "Bearer " + chance.choice(BAD_TEXTS),
    )
    text = chance.choice(choices)()
    return "".join(character for character in text if character not in "\r\n\0")[:8000]


def _path(seeds: Seeds, chance: Chance) -> Request:
    path = chance.choice(seeds.paths)
    if chance.random() < 0.7:
        parts = path.split("/")
        at = chance.randrange(len(parts))
        parts[at] = mutate_text(parts[at], chance)
        path = "/".join(parts)
        path = quote(path, safe="/?=&%:.@" if chance.random() < 0.7 else "", errors="surrogatepass")
    if chance.random() < 0.3:
        path += ("&" if "?" in path else "?") + _parameters(chance)
    headers = {"Accept": chance.choice(_TYPES)}
    return Request(
        chance.choice(_METHODS), f"/{path.lstrip('/')}", headers, body=b"" if chance.random() < 0.3 else None
    )


def _parameters(chance: Chance) -> str:
    pairs = [(chance.choice(_PARAMETERS), chance.choice(BAD_TEXTS)) for _ in range(chance.choice((1, 1, 2, 5)))]
    return urlencode(pairs, errors="surrogatepass")


def _question(seeds: Seeds, chance: Chance) -> Request:
    name, example = chance.choice(seeds.questions)
    parameters = dict(example)
    if parameters and chance.random() < 0.8:
        key = chance.choice(list(parameters))
        parameters[key] = mutate_text(parameters[key], chance)
    if chance.random() < 0.3:
        parameters[mutate_text(chance.choice([*parameters, "format"]), chance)] = chance.choice(BAD_TEXTS)
    if chance.random() < 0.3:
        parameters["format"] = chance.choice(("json", "csv", "html", "x"))
    headers = {"Accept": chance.choice(("text/html", "application/json", "text/csv"))}
    return Request("GET", f"/questions/{name}?{urlencode(parameters, errors='surrogatepass')}", headers)


def _query(seeds: Seeds, chance: Chance) -> Request:
    text = chance.choice(seeds.queries)
    if chance.random() < 0.1:
        opening, closing = chance.choice(
            ("()", "{}", "[]", ("!", ""), ("-", ""), ("NOT EXISTS {", "}"), ("<<(", ")>>"))
        )
        text = text.replace("}", nested_text(opening, closing, chance.choice(_DEPTHS), "1") + "}", 1)
    made = request.query(mutate_text(text, chance, seeds.queries), timeout="1")
    return made.with_header("Accept", "text/html") if chance.random() < 0.15 else made


def _protocol(seeds: Seeds, chance: Chance) -> Request:
    """SPARQL over HTTP: parameters again and again, forms, media types, charsets."""
    pairs = [("query", chance.choice(seeds.queries)), ("timeout", "1")]
    pairs += [(chance.choice(_PARAMETERS), chance.choice(BAD_TEXTS)) for _ in range(chance.choice((0, 1, 3)))]
    form = urlencode(pairs, errors="surrogatepass")
    if chance.random() < 0.4:
        form = mutate_text(form, chance)
    form = form.encode("utf-8", "replace").decode()
    if chance.random() < 0.5:
        return Request("GET", "/sparql?" + quote(form, safe="%&=+;/?:@!$'()*,~.-_"))
    media_type = chance.choice(
        (FORM, "application/sparql-query", "application/sparql-update", "text/plain", "", FORM + ";charset=x")
    )
    body = form.encode() if chance.random() < 0.7 else mutate_bytes(form.encode(), chance)
    return Request("POST", "/sparql", {"Content-Type": media_type}, body)


def _update(seeds: Seeds, chance: Chance) -> Request:
    text = chance.choice(seeds.updates)
    if chance.random() < 0.15:
        opening, closing = chance.choice((("(", ")"), ("{", "}"), ("[ <x:p> ", "]"), ("<x:p>/", ""), ("1-", "")))
        text = text.replace("}", nested_text(opening, closing, chance.choice(_DEPTHS), "1") + "}", 1)
    made = request.update(mutate_text(text, chance, seeds.updates))
    return replace(made, body=mutate_bytes(made.body or b"", chance)) if chance.random() < 0.2 else made


def _graphql(seeds: Seeds, chance: Chance) -> Request:
    document, variables = chance.choice(seeds.graphql), chance.choice(seeds.variables)
    if chance.random() < 0.7:
        document = mutate_text(document, chance, seeds.graphql)
    if chance.random() < 0.1:
        document = document.replace("}", nested_text("{ a", "}", chance.choice(_DEPTHS)) + "}", 1)
    if chance.random() < 0.6:
        variables = mutate_json(variables, chance)
    members = {"extensions": mutate_json({"explain": True}, chance)} if chance.random() < 0.2 else {}
    made = request.graphql(document, variables, **members)
    if chance.random() < 0.3:
        return replace(made, body=encode_json(mutate_json(json.loads(made.body or b""), chance), chance))
    if chance.random() < 0.2:
        return replace(made, body=mutate_bytes(made.body or b"", chance))
    if chance.random() < 0.2:
        parameters = {"query": document, "variables": json.dumps(variables)}
        return Request("GET", f"/graphql?{urlencode(parameters, errors='surrogatepass')}"[:30_000])
    return made


def _rdf(seeds: Seeds, chance: Chance) -> tuple[str, bytes]:
    """A document and the suffix of its syntax, sometimes of another one."""
    suffix, content = chance.choice(seeds.rdf)
    if chance.random() < 0.5:
        content = mutate_bytes(content, chance)
    elif suffix == "jsonld" and chance.random() < 0.7:
        content = encode_json(mutate_json(json.loads(content), chance), chance)
    else:
        others = [other.decode() for name, other in seeds.rdf if name == suffix]
        content = mutate_text(content.decode(), chance, others).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        content = _nested_rdf(suffix, chance)
    if chance.random() < 0.05:
        suffix = chance.choice(list(RDF_BY_SUFFIX))
    return suffix, content


def _nested_rdf(suffix: str, chance: Chance) -> bytes:
    """Deep constructs of the syntax."""
    depth = chance.choice(_DEPTHS)
    if suffix == "jsonld":
        return nested_text(
            *chance.choice((('{"urn:p":', "}"), ("[", "]"), ('{"@list":[', "]}"))), depth, '"x"'
        ).encode()
    if suffix == "rdf":
        inside = nested_text("<e:p><e:r>", "</e:r></e:p>", depth)
        return f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:"><e:r>{inside}</e:r></rdf:RDF>'.encode()
    if suffix in ("nt", "nq"):
        return f"<x:s> <x:p> {nested_text('<<( <x:a> <x:b> ', ' )>>', depth, '<x:c>')} .".encode()
    opening, closing = chance.choice(
        (("(", ")"), ("[ <x:p> ", "]"), ("<<( <x:a> <x:b> ", " )>>"), ("<< <x:a> <x:b> ", " >>"))
    )
    return f"<x:s> <x:p> {nested_text(opening, closing, depth, '<x:c>')} .".encode()


def _load(seeds: Seeds, chance: Chance) -> Request:
    suffix, content = _rdf(seeds, chance)
    return request.load((f"fuzzed.{suffix}", content), dry_run=chance.random() < 0.9)


def _dossier(seeds: Seeds, chance: Chance) -> Request:
    text = seeds.dossiers[0] if chance.random() < 0.9 else chance.choice(seeds.dossiers)
    if chance.random() < 0.8:
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        lines[at] = mutate_text(lines[at], chance, lines)
        content = "".join(lines).encode("utf-8", "surrogatepass")
    else:
        content = mutate_bytes(text.encode(), chance)
    return request.load(("post.yaml", content))


def _load_body(_seeds: Seeds, chance: Chance) -> Request:
    """The JSON around documents."""
    made = request.load(("a.ttl", b"<x:s> <x:p> 1 ."), ("b.yaml", b"id: x\n"))
    value = mutate_json(json.loads(made.body or b""), chance)
    body = encode_json(value, chance) if chance.random() < 0.8 else mutate_bytes(made.body or b"", chance)
    if chance.random() < 0.1:
        odd = base64.b64encode(b"x").decode() + chance.choice(BAD_TEXTS)
        body = json.dumps({"documents": [{"name": chance.choice(BAD_TEXTS), "content": odd}]}).encode()
    made = replace(made, body=body)
    return (
        made
        if chance.random() < 0.9
        else replace(
            made, headers={"Content-Type": chance.choice(BAD_TEXTS[:6]).encode("ascii", "ignore").decode().strip("\0")}
        )
    )


def _graph_store(seeds: Seeds, chance: Chance) -> Request:
    suffix, content = _rdf(seeds, chance)
    media_type = RDF_BY_SUFFIX[suffix].media_type
    if chance.random() < 0.2:
        boundary = chance.choice(("x", "", "a b", "é"))
        part = b'\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\nContent-Type: ' + media_type.encode()
        content = b"--x" + part + b"\r\n\r\n" + content + b"\r\n--x--\r\n"
        content = content if chance.random() < 0.5 else mutate_bytes(content, chance)
        media_type = f"multipart/form-data; boundary={boundary}"
    name = (
        chance.choice(("http://example.org/g", "http://example.org/h", *BAD_TEXTS)).encode("utf-8", "replace").decode()
    )
    method = chance.choice(("PUT", "POST", "DELETE", "PATCH", "GET"))
    if chance.random() < 0.2:
        headers = {"Content-Type": media_type, **AUTHORIZED}
        return Request(method, f"/graph/{quote(name, safe='')}", headers, content)
    return request.graph(media_type, content, method=method, name=name)


def _governed_update(seeds: Seeds, chance: Chance) -> Request:
    return request.dry_run(_update(seeds, chance))


def _governed_graph(seeds: Seeds, chance: Chance) -> Request:
    """A write of a graph or a patch, with an odd precondition now and then."""
    if chance.random() < 0.3:
        content = _update(seeds, chance).body or b""
        condition = chance.choice(("*", '"1-a.ttl"', 'W/"x"', "", '"', *BAD_TEXTS)).encode("ascii", "ignore").decode()
        return request.patch(content, "".join(filter(str.isprintable, condition)))
    made = request.dry_run(_graph_store(seeds, chance))
    return made if chance.random() < 0.5 else made.with_header("If-Match", "*")


def _raw(seeds: Seeds, chance: Chance) -> Request:
    """A request that may be no HTTP."""
    whole = chance.choice((Request("GET", "/healthz"), Request("GET", _LOOK_UP), Request("GET", chance.choice(seeds.paths)),
                           request.query(chance.choice(seeds.queries[-8:])), request.graphql("{ __typename }")))  # fmt: skip
    return break_http(whole, chance)


Kind = tuple[float, Callable[[Seeds, Chance], Request]]
_GOVERNED: Mapping[str, Kind] = {
    "raw": (12, _raw),
    "path": (20, _path),
    "question": (8, _question),
    "query": (16, _query),
    "protocol": (12, _protocol),
    "graphql": (20, _graphql),
    "load": (1.5, _load),
    "dossier": (0.5, _dossier),
    "load body": (8, _load_body),
    "update": (4, _governed_update),
    "graph store": (4, _governed_graph),
}
_PLAIN: Mapping[str, Kind] = {
    "raw": (8, _raw),
    "path": (8, _path),
    "query": (14, _query),
    "protocol": (10, _protocol),
    "update": (30, _update),
    "graph store": (30, _graph_store),
}
