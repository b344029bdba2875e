"""What a search has found, as the graph has it now: things and statements, and for words that are said, who says them.

Owns the order of hits and what stands beside each. A name that only statements use, and the words of a quote, are never
without the statement, its speaker, source, act and hedge. Finds nothing itself: candidates come from a text index.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from kg.name_folding import fold_name
from kg.namespaces import CK, DCTERMS, PREF_LABEL, RDFS, SKOS, TYPE, value_of
from kg.search.text_index import NAMES, QUOTES, Candidate, Match
from kg.status.wording import split_words, word_deed
from kg.store.interface import Pattern, Queryable, Store
from kg.store.labels import fetch_labels, fetch_names
from kg.store.query_template import QueryTemplate, Term, slug_of, text_of
from kg.text_direction import isolate

_HERE = Path(__file__).parent
_CALLED, _QUOTING, _RESPONSES, _SAID, _CONTENTS = (
    QueryTemplate.read(_HERE / f"{name}.rq") for name in ("called", "quoting", "responses", "said", "contents")
)
MATCHED = {
    PREF_LABEL: "name",
    f"{DCTERMS}title": "title",
    f"{SKOS}altLabel": "other name",
    f"{SKOS}hiddenLabel": "spelling",
    f"{RDFS}seeAlso": "address",
    TYPE.value: "id",
    f"{CK}label": "called",
    **dict.fromkeys(QUOTES, "words"),
}
"""What a text is, by the property that has it."""
MAX_FIRST = 100
"""Hits that are returned at once."""
_LABEL = f"{CK}label"
_MAX_TOLD = 4


class SearchedStore(Queryable, Protocol):
    """What is read of a store: queries, and the quads of patterns."""

    def match_each(self, patterns: Sequence[Pattern]) -> Sequence[Sequence[ox.Quad]]: ...


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says it: a statement, with the names of its parts."""

    statement: str
    speaker: str
    speaker_name: str
    source: str
    source_name: str
    act: str
    """What the speaker did, by the act and the hedge, as a participle: said, claimed, denied."""
    hedge: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing or statement that was found."""

    iri: str
    kind: str
    """The segment of its IRI before the last one, such as ``place``."""
    name: str
    language: str
    text: str
    """The text that has the words, and its language."""
    text_language: str
    matched: str
    """What the text is: a value of ``MATCHED``."""
    match: str
    """How it has the words: a name of ``Match`` in small letters."""
    said: tuple[Saying, ...]
    """Who says the words, where they are said, and who disputes or contradicts it; else nothing."""

    def members(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> "Hit":
        """The hit with these members, and none of the others that a server adds."""
        said = tuple(Saying(**_select_fields(Saying, saying)) for saying in members["said"])
        return cls(**{**_select_fields(cls, members), "said": said})


def _select_fields(of: type[Saying | Hit], members: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: members[field.name] for field in fields(of)}


@dataclass(frozen=True, slots=True)
class RankedHit:
    """Something that was found, before it is looked up who says it and what it is called."""

    iri: str
    item: Candidate
    statements: tuple[str, ...]
    """Those that say the text, each of a speaker."""

    @property
    def kind(self) -> str:
        """The segment of its IRI before the last one."""
        return _kind_of(self.iri)


def find_hits(store: SearchedStore, words: str, candidates: Iterable[Candidate], kind: str = "") -> list[Hit]:
    """The hits of these candidates that the graph still has, the best first; one for each resource.

    ``kind``: only of this kind.
    """
    return complete_hits(store, rank_hits(store, words, candidates, kind))


def rank_hits(store: SearchedStore, words: str, candidates: Iterable[Candidate], kind: str = "") -> list[RankedHit]:
    """The same, of which ``complete_hits`` is asked only for those that are shown: most of the work is theirs."""
    present = _select_present(store, list(candidates))
    targets = _find_targets(store, present)
    best: dict[str, tuple[tuple[int, bool, bool, int, str], Candidate]] = {}
    spelled: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    wanted = fold_name(words)
    for item in present:
        for iri, said in targets[item]:
            is_said = _is_said(item)
            if (is_said and not said) or (kind and _kind_of(iri) != kind):
                continue
            # Several propositions may call it so: who disputes one of them belongs to the name.
            spelled[iri, item.predicate, fold_name(item.text)] |= dict.fromkeys(said)
            # An id is the last to be shown of texts that are equally near: it is made of a name.
            place = _place(item, wanted), is_said, item.predicate == TYPE.value, len(item.text), iri
            if iri not in best or place < best[iri][0]:
                best[iri] = place, item
    ordered = sorted(best.items(), key=lambda entry: entry[1][0])
    return [
        RankedHit(iri, item, tuple(spelled[iri, item.predicate, fold_name(item.text)])) for iri, (_, item) in ordered
    ]


def complete_hits(store: SearchedStore, ranked: Sequence[RankedHit]) -> list[Hit]:
    """The hits, with who says what is said and, of words that are quoted, who disputes or contradicts them."""
    quoting = [iri for hit in ranked if hit.item.predicate in QUOTES for iri in hit.statements]
    responses = fetch_responses(store, quoting)
    said = {
        hit.iri: tuple(
            dict.fromkeys([*hit.statements, *(each for iri in hit.statements for each in responses.get(iri, ()))])
        )
        for hit in ranked
    }
    sayings = fetch_sayings(store, {iri for statements in said.values() for iri in statements})
    names = _fetch_names(store, (hit.iri for hit in ranked))
    return [
        _create_hit(hit.iri, hit.item, [iri for iri in said[hit.iri] if iri in sayings], names, sayings)
        for hit in ranked
    ]


def find_resources(store: SearchedStore, iris: Iterable[str]) -> list[Hit]:
    """The resources of these IRIs that have a name, as hits of their ids."""
    wanted = list(dict.fromkeys(iris))
    names = _fetch_names(store, wanted)
    candidates = (Candidate(iri, TYPE.value, iri.rsplit("/", 1)[-1], "", Match.SAME) for iri in wanted if iri in names)
    return [_create_hit(item.subject, item, (), names, {}) for item in candidates]


def list_texts(store: Store, ids: tuple[str, ...]) -> list[Hit]:
    """Every text of the graph that is searched, with who says it: for an index that is searched without this program.

    One hit for each spelling of a resource, names before words, short ones first. ``ids``: what the IRIs begin with of
    which the last segment is a name.
    """
    items = list(_read_candidates(store, ids))
    targets = _find_targets(store, items)
    quoting = {iri for item in items if item.predicate in QUOTES for _, said in targets[item] for iri in said}
    responses = fetch_responses(store, quoting)
    spoken = {iri for found in targets.values() for _, said in found for iri in said}
    sayings = fetch_sayings(store, spoken | {iri for found in responses.values() for iri in found})
    first: dict[tuple[str, str, str], Candidate] = {}
    said_by: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for item in items:
        for iri, said in targets[item]:
            answers = (
                response for statement in said for response in responses.get(statement, ()) if item.predicate in QUOTES
            )
            attributed = [statement for statement in (*said, *answers) if statement in sayings]
            if attributed or not _is_said(item):
                key = iri, item.predicate, fold_name(item.text)
                first.setdefault(key, item)
                said_by[key] |= dict.fromkeys(attributed)
    names = _fetch_names(store, {iri for iri, _, _ in first})
    ordered = sorted(first.items(), key=lambda entry: (_is_said(entry[1]), len(entry[1].text), entry[0]))
    return [_create_hit(key[0], item, said_by[key], names, sayings) for key, item in ordered]


def _read_candidates(store: Store, ids: tuple[str, ...]) -> Iterator[Candidate]:
    for predicate in (*NAMES, *QUOTES):
        for quad in sorted(store.match(None, ox.NamedNode(predicate), None), key=str):
            subject, is_id = value_of(quad.subject), predicate == TYPE.value
            if is_id and not subject.startswith(ids):
                continue
            language = quad.object.language or "" if isinstance(quad.object, ox.Literal) else ""
            text = subject.rsplit("/", 1)[-1] if is_id else value_of(quad.object)
            yield Candidate(subject, predicate, text, language, Match.WORDS)


def _is_said(item: Candidate) -> bool:
    return item.predicate == _LABEL or item.predicate in QUOTES


def _select_present(store: SearchedStore, items: Sequence[Candidate]) -> list[Candidate]:
    """Those of which the graph that is searched has the text: the index may be of another version."""
    found = store.match_each([(ox.NamedNode(item.subject), ox.NamedNode(item.predicate), None) for item in items])
    return [
        item
        for item, quads in zip(items, found, strict=True)
        if any(item.predicate == TYPE.value or value_of(quad.object) == item.text for quad in quads)
    ]


def _find_targets(
    store: SearchedStore, items: Sequence[Candidate]
) -> Mapping[Candidate, list[tuple[str, tuple[str, ...]]]]:
    """The resources that each candidate leads to, and the statements that say its text."""
    labels = [ox.NamedNode(item.subject) for item in items if item.predicate == _LABEL]
    quoted = [ox.NamedNode(item.subject) for item in items if item.predicate in QUOTES]
    things, statements = defaultdict(list), defaultdict(list)
    for row in _CALLED.select_each(store, labels).rows:
        things[text_of(row["resource"])].append(text_of(row["thing"]))
    for row in _QUOTING.select_each(store, [*labels, *quoted]).rows:
        statements[text_of(row["resource"])].append(text_of(row["statement"]))
    targets: dict[Candidate, list[tuple[str, tuple[str, ...]]]] = {}
    for item in items:
        said = tuple(statements[item.subject])
        if item.predicate == _LABEL:
            targets[item] = [(thing, said) for thing in things[item.subject]]
        elif item.predicate in QUOTES:
            targets[item] = [(statement, (statement,)) for statement in said]
        else:
            targets[item] = [(item.subject, ())]
    return targets


def fetch_responses(store: SearchedStore, statements: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The statements that dispute each of these, or contradict it on what it asserts or denies."""
    responses: dict[str, list[str]] = defaultdict(list)
    for row in _RESPONSES.select_each(store, map(ox.NamedNode, statements)).rows:
        responses[text_of(row["statement"])].append(text_of(row["response"]))
    return responses


def fetch_contents(store: Queryable, statements: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The propositions that each of these statements is on."""
    contents: dict[str, list[str]] = defaultdict(list)
    for row in _CONTENTS.select_each(store, map(ox.NamedNode, statements)).rows:
        contents[text_of(row["statement"])].append(text_of(row["proposition"]))
    return contents


def fetch_sayings(store: SearchedStore, statements: Iterable[str]) -> Mapping[str, Saying]:
    """Who says each of these statements; of one without a speaker nothing."""
    rows = _SAID.select_each(store, map(ox.NamedNode, statements)).rows
    names = fetch_names(store, (row[column] for row in rows for column in ("speaker", "source", "hedge")))

    def name_of(term: Term | None) -> str:
        return names.get(text_of(term), slug_of(term))

    sayings: dict[str, Saying] = {}
    for row in rows:
        sayings.setdefault(
            text_of(row["statement"]),
            Saying(
                statement=text_of(row["statement"]),
                speaker=text_of(row["speaker"]),
                speaker_name=name_of(row["speaker"]),
                source=text_of(row["source"]),
                source_name=name_of(row["source"]),
                act=word_deed(
                    split_words(text_of(row["act"]).removeprefix(CK)),
                    slug_of(row["hedge"]),
                    is_author=text_of(row["isAuthor"]) == "true",
                ),
                hedge=name_of(row["hedge"]),
                taken_back=text_of(row["takenBack"]) == "true",
            ),
        )
    return sayings


def _fetch_names(store: SearchedStore, iris: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """One name of each resource, with its language."""
    names: dict[str, tuple[str, str]] = {}
    for iri, label in fetch_labels(store, map(ox.NamedNode, iris)):
        names.setdefault(iri, (label.value, label.language or ""))
    return names


def tell_sayings(said: Sequence[Saying]) -> str:
    """Who does what, in which source, with which hedge; the first few, and how many more there are.

    What does otherwise than the first comes next: who rejects it is never among those that are only counted, as long as
    they are few.
    """
    ordered = sorted(said, key=lambda saying: (saying is not said[0], saying.act == said[0].act))
    told = [
        f"{saying.act} by {isolate(saying.speaker_name)}"
        + (f", in {isolate(saying.source_name)}" if saying.source_name else "")
        + f" (hedge: {saying.hedge or 'not recorded'})"
        + (", taken back since" if saying.taken_back else "")
        for saying in ordered[:_MAX_TOLD]
    ]
    more = [f"and {len(said) - _MAX_TOLD} more"] if len(said) > _MAX_TOLD else []
    return "; ".join([*told, *more])


def _place(item: Candidate, wanted: str) -> int:
    """The same name, a name that begins so, the words anywhere, then worse matches."""
    if item.match is Match.SAME:
        return 0 if item.predicate in (PREF_LABEL, f"{DCTERMS}title") else 1
    if item.match is Match.WORDS:
        return 2 if fold_name(item.text).startswith(wanted) else 3
    return 2 + int(item.match)


def _create_hit(
    iri: str,
    item: Candidate,
    said: Iterable[str],
    names: Mapping[str, tuple[str, str]],
    sayings: Mapping[str, Saying],
) -> Hit:
    name, language = names.get(iri, ("", ""))
    return Hit(
        iri=iri,
        kind=_kind_of(iri),
        name=name,
        language=language,
        text=item.text,
        text_language=item.language,
        matched=MATCHED[item.predicate],
        match=item.match.name.lower(),
        said=tuple(sayings[statement] for statement in said),
    )


def _kind_of(iri: str) -> str:
    return iri.rsplit("/", 2)[-2] if iri.count("/") > 1 else ""
