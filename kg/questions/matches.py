"""From the rows of a question's query to evidence with its bearing on the question, inferences included.

Owns what a row means: the contract is in ``docs/verdicts.md``. An inference rests on other statements besides its own,
its premises; it is only made where they count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg import namespaces
from kg.questions.administrative_units import AdministrativeUnits
from kg.questions.evidence_graph import QueryEvidenceGraph, fetch_evidence_links
from kg.questions.question import Question
from kg.questions.standings import fetch_near_standings
from kg.status.act import Act, Bearing, Evidence, Wording
from kg.status.evidence import EvidenceReader, relate_denials, rest_on
from kg.status.standing import Standing
from kg.status.verdict import Decision, Reason, Verdict, decide
from kg.store.interface import Queryable
from kg.store.query_template import Solution, Term, text_of

_UNSAID = frozenset({Wording.CLAIM, Wording.HEARSAY, Wording.DISTANCE})
"""Wordings by which an author reports what others say, and does not say it."""
_LOCATION = f"{namespaces.CK}location"


@dataclass(frozen=True, slots=True)
class _Match:
    """A row: a proposition, how it bears on the question, and what else it needs."""

    proposition: str
    bearing: Bearing
    premise: str = ""
    premise_proposition: str = ""
    lacks: tuple[str, ...] = ()
    """Parameters of which the proposition does not fill the roles, other parts of the statement perhaps do."""
    units: tuple[tuple[str, str], ...] = ()
    """The place of the proposition and the place in question, the lower one first, where they are not the same."""
    is_one_of: bool = False
    """The places of its units are those of which the proposition leaves open which one it was."""
    is_saying: bool = False
    """The question is whether the statement was made, not whether it holds."""

    @classmethod
    def of_row(cls, row: Solution) -> "_Match":
        return cls(
            text_of(row.get("related") or row["proposition"]),
            Bearing(text_of(row["bearing"])),
            text_of(row.get("premise")),
            text_of(row.get("premiseProposition")),
            tuple(text_of(row.get("lacks")).split()),
            _units_of(row),
            is_one_of=text_of(row.get("oneOf")) == "true",
            is_saying=bool(row.get("saying")),
        )


def _units_of(row: Solution) -> tuple[tuple[str, str], ...]:
    """The place in question with the place within it, or the unit around it, that the proposition names."""
    place, within, around = (text_of(row.get(name)) for name in ("place", "within", "around"))
    if within:
        return ((within, place),)
    return ((place, around),) if around else ()


@dataclass(frozen=True, slots=True)
class MatchedEvidence:
    """The evidence on a question, and the links that it was read from."""

    evidence: tuple[Evidence, ...]
    links: QueryEvidenceGraph
    decision: Decision
    standing: Standing | None = None
    """Of a question for the status of a proposition."""


def collect_matches(
    question: Question, terms: Mapping[str, Term], rows: Sequence[Solution], store: Queryable
) -> MatchedEvidence:
    """The acts on what the rows match, decided; a row binds ``proposition`` and ``bearing``, perhaps ``statement``."""
    if question.status_of:
        return _read_standing(text_of(terms[question.status_of]), rows, store)
    statements = _group_rows(rows)
    propositions = {iri for match in statements for iri in (match.proposition, match.premise_proposition) if iri}
    parted = {match.proposition for match in statements if match.lacks}
    links = fetch_evidence_links(propositions, store, parted)
    units = AdministrativeUnits.fetch(_places(question, statements, links), store)
    collector = _Collector(question, terms, links, units)
    evidence = [item for match, found in statements.items() for item in collector.collect(match, found)]
    reader = collector.reader
    deciding = {item.proposition for item in evidence if item.bearing is not Bearing.CONTEXT}
    is_name = bool(deciding) and all(map(reader.is_name, deciding)) and not any(match.is_saying for match in statements)
    related = tuple(dict.fromkeys(relate_denials(reader, evidence)))
    return MatchedEvidence(related, links, decide(related, is_name=is_name))


def _group_rows(rows: Sequence[Solution]) -> dict[_Match, set[str]]:
    """The statements of each match; where the place is one of several, the rows of all of them are one match."""
    statements: dict[_Match, set[str]] = defaultdict(set)
    units: dict[_Match, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        match = _Match.of_row(row)
        if match.is_one_of:
            whole = replace(match, units=())
            units[whole].update(match.units)
            match = whole
        statements[match].add(text_of(row["statement"]))
    return {replace(match, units=tuple(sorted(units[match]))) if match in units else match: found
            for match, found in statements.items()}  # fmt: skip


def _places(question: Question, statements: Mapping[_Match, set[str]], links: QueryEvidenceGraph) -> set[str]:
    """The places of which it matters in which units they are: also those that other parts of statements may give."""
    places = {place for match in statements for place, _ in match.units}
    for match, found in statements.items():
        if any(_LOCATION in question.roles[name] for name in match.lacks):
            parts = (part for statement in found for part in _parts(statement, links))
            accounts = (account for part in parts for account in links.objects(part, namespaces.ASSERTS))
            places.update(place for account in accounts for place in links.objects(account, _LOCATION))
    return places


def _read_standing(proposition: str, rows: Sequence[Solution], store: Queryable) -> MatchedEvidence:
    """The status of the proposition; the other rows are of what may stand near it."""
    related: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if other := text_of(row["related"]):
            related[other].add(text_of(row["statement"]))
    fetched = fetch_near_standings([proposition], related, store)
    standing = fetched.standing_of(proposition)
    return MatchedEvidence(standing.evidence, fetched.graph, standing.decision, standing)


class _Collector:
    """Collects the evidence of matches of one question."""

    def __init__(
        self, question: Question, terms: Mapping[str, Term], links: QueryEvidenceGraph, units: AdministrativeUnits
    ) -> None:
        self.reader, self._units = EvidenceReader(links), units
        self._links, self._roles, self._terms = links, question.roles, terms
        self._speaker = text_of(terms[question.utterance_of[0]]) if question.utterance_of else ""
        self._asked = frozenset(role for name, roles in question.roles.items() if name in terms for role in roles)

    def collect(self, match: _Match, statements: set[str]) -> Iterator[Evidence]:
        """The acts of these statements; of an inference only those that its premises support."""
        if not all(self._units.list_under(place, unit) for place, unit in match.units):
            return
        roles = self._asked if self._roles else None
        items = self.reader.collect(match.proposition, statements, match.bearing, roles)
        if match.bearing.is_inferred:
            items = [replace(item, units=match.units) for item in items]
        if match.is_saying:
            yield from (_as_saying(item) for item in items if self._is_saying(item))
        elif match.lacks:
            for item in items:
                yield from self._join_parts(match, item)
        elif match.premise:
            premise = self._premise(match.premise_proposition, match.premise)
            yield from (rest_on(item, premise) for item in items if premise)
        else:
            yield from items

    def _is_saying(self, item: Evidence) -> bool:
        """Whether it is an act of the speaker in question; what an author reports as said by others is not.

        To dispute what another says, in what it says, is to say that it is not so; to dispute a denial says nothing.
        """
        is_own = item.speaker == self._speaker and not (item.is_author and item.wordings & _UNSAID)
        is_rejection = item.disputed_act is Act.ASSERTS and item.is_by_another and item.fills_proposition
        return is_own and (item.act is not Act.DISPUTES or is_rejection)

    def _premise(self, proposition: str, statement: str) -> Evidence | None:
        """The act of a premise, where it is affirmed on the whole, or is possible."""
        decision = decide(self.reader.collect(proposition))
        if decision.verdict not in (Verdict.YES, Verdict.CLAIMED) and decision.reason is not Reason.ONLY_POSSIBLE:
            return None
        items = self.reader.collect(proposition, [statement])
        return next((item for item in items if item.act is Act.ASSERTS and not item.is_incomplete), None)

    def _join_parts(self, match: _Match, item: Evidence) -> Iterator[Evidence]:
        """The act, resting on the parts that fill what its proposition lacks; nothing if not all of it is filled.

        Of several parts that fill the same, the strongest is enough.
        """
        if item.act is not Act.ASSERTS or not item.incident:
            return
        premises: dict[str, Evidence] = {}
        for name in match.lacks:
            found = self._parts_with(item, self._roles[name], text_of(self._terms[name]))
            if not found:
                return
            statement = min(found, key=lambda each: (*_weakness(found[each]), each not in premises, each))
            premises[statement] = found[statement]
        for premise in premises.values():
            item = rest_on(item, premise)
        yield item

    def _parts_with(self, item: Evidence, roles: Collection[str], value: str) -> dict[str, Evidence]:
        """The parts of the same statement, on the same incident, that fill a role, if they agree on this value.

        All may also name one place that reference graphs list under it.
        """
        found: dict[str, Evidence] = {}
        values: set[str] = set()
        for statement in _parts(item.statement, self._links):
            for proposition in self._links.objects(statement, namespaces.ASSERTS):
                filled = {text for role in roles for text in self._values(proposition, role)}
                premise = next(iter(self.reader.collect(proposition, [statement])), None)
                if not filled or premise is None or premise.is_retracted:
                    continue
                if (premise.incident, premise.speaker) != (item.incident, item.speaker):
                    continue
                values |= filled
                found[statement] = premise
        if values == {value}:
            return found
        place, *others = [*values] or [""]
        if others or _LOCATION not in roles or not self._units.list_under(place, value):
            return {}
        return {statement: replace(premise, units=((place, value),)) for statement, premise in found.items()}

    def _values(self, proposition: str, role: str) -> list[str]:
        """The values of a role; of its date the first and the last day."""
        texts = self._links.texts
        days = [day for end in (namespaces.EARLIEST, namespaces.LATEST) for day in texts(proposition, end.value)]
        return days if role == namespaces.WHEN.value and days else texts(proposition, role)


def _parts(statement: str, links: QueryEvidenceGraph) -> list[str]:
    """The other parts of the statement, and the whole of which it is one."""
    wholes = [statement, *links.objects(statement, namespaces.PART_OF_STATEMENT)]
    parts = (part for whole in wholes for part in links.subjects(namespaces.PART_OF_STATEMENT, whole))
    return [each for each in dict.fromkeys([*wholes, *parts]) if each != statement]


def _weakness(item: Evidence) -> tuple[bool, ...]:
    """How much an act weakens what rests on it, the worst first."""
    is_likely = Wording.LIKELY in item.wordings
    is_evidential = item.is_shown or Wording.EVIDENTIAL in item.wordings
    return item.is_possibility, not item.counts_in_full, is_likely, is_evidential


def _as_saying(item: Evidence) -> Evidence:
    """The act as an answer to whether it was made: reporting it makes it so, and a retraction undoes nothing."""
    origin = replace(item.origin, is_taken_back=item.is_retracted)
    return replace(item, is_made_by_being_said=True, is_retracted=False, restated=frozenset(), origin=origin)
