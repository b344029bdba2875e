"""Who says what in a graph, and in which voice: the acts of statements, read from plain triples.

Part of the second implementation of verdicts: see ``second_table``. Knows no question and no verdict.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

CK = "https://w3id.org/conflict-kg/ontology#"
VOCAB = "https://w3id.org/conflict-kg/vocab/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_BROADER = "http://www.w3.org/2004/02/skos/core#broader"
_CREATOR, _PUBLISHER = "http://purl.org/dc/terms/creator", "http://purl.org/dc/terms/publisher"
_ACTS = ("asserts", "denies", "leavesOpen", "supposes")

_GROUPS = {
    "flat": {"none", "certain"},
    "evidential": {"evidential"},
    "likelihood": {"probably", "appears", "believes", "unlikely"},
    "possibility": {"possibly", "may", "consistent-with"},
    "openness": {"unclear", "if", "no-evidence"},
    "attribution": {"attributed", "reportedly", "were-said-to", "claims-of", "allegations", "warning-of"},
    "distance": {"scare-quotes"},
    "record": {"aggregated", "machine-coded", "not-given"},
}
_HEARSAY = {"reportedly", "were-said-to", "not-given"}
_HANDED_ON = {*_GROUPS["attribution"], *_GROUPS["distance"], "not-given"} - {"attributed"}
_IN_OWN_VOICE = {*_GROUPS["flat"], *_GROUPS["evidential"], *_GROUPS["likelihood"], "aggregated", "attributed"}
_SPEAK_FOR_THEMSELVES = {
    *("press-statement", "social-media-post", "speech", "testimony"),
    *("video", "photograph", "recording", "satellite-image"),
}


class Strength(IntEnum):
    LIKELY = 1
    EVIDENTIAL = 2
    FLAT = 3


@dataclass(frozen=True)
class Act:
    """What one statement does with one proposition, directly or by a depiction or position of it."""

    statement: str
    kind: str  # asserts, denies, leavesOpen, supposes
    proposition: str
    by: str = ""  # shows, content


class Facts:
    """Triples of plain strings, and what the rules ask of statements and their speakers."""

    def __init__(self, triples: Iterable[tuple[str, str, str]]) -> None:
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._roles: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for subject, predicate, value in triples:
            self._values[subject, predicate].add(value)
            self._subjects[predicate, value].add(subject)
            self._roles[subject][predicate].add(value)

    def get(self, subject: str, name: str) -> set[str]:
        return self._values.get((subject, name if ":" in name else CK + name), set())

    def inverse(self, name: str, value: str) -> set[str]:
        return self._subjects.get((name if ":" in name else CK + name, value), set())

    def objects(self, name: str) -> set[str]:
        """All values of a property."""
        return {value for (predicate, value) in self._subjects if predicate == CK + name}

    def properties(self, subject: str) -> dict[str, set[str]]:
        return self._roles.get(subject, {})

    def of_class(self, name: str) -> set[str]:
        return self.inverse(RDF_TYPE, CK + name)

    def is_a(self, node: str, *names: str) -> bool:
        return any(CK + name in self.get(node, RDF_TYPE) for name in names)

    def climb(self, node: str, name: str) -> set[str]:
        """The node, and all that the property leads to from it."""
        found, heap = {node}, [node]
        while heap:
            heap.extend(new := self.get(heap.pop(), name) - found)
            found |= new
        return found

    def broader(self, concept: str) -> set[str]:
        return self.climb(concept, _BROADER)

    # --- statements ---------------------------------------------------------------------------------------------

    def speakers(self, statement: str) -> set[str]:
        return self.get(statement, "speaker")

    def acts_on(self, proposition: str) -> Iterator[Act]:
        for kind in _ACTS:
            for statement in self.inverse(kind, proposition):
                yield Act(statement, kind, proposition)
        for by, kinds in (("shows", ("asserts", "denies")), ("content", ("asserts",))):
            for kind in kinds:
                for statement in {
                    each for holder in self.inverse(by, proposition) for each in self.inverse(kind, holder)
                }:
                    yield Act(statement, kind, proposition, by)

    def is_taken_back(self, statement: str) -> bool:
        """It, or what it restates, is retracted."""
        return any(self.inverse("retracts", each) for each in self.climb(statement, "restates"))

    def hedges(self, statement: str) -> set[str]:
        """Names of its hedges; one that a reference graph adds counts as the nearest known one above it."""
        return {self._known_hedge(concept) for concept in self.get(statement, "hedge")}

    def _known_hedge(self, concept: str) -> str:
        known = {name for group, names in _GROUPS.items() for name in (group, *names)}
        names = {each.rpartition("/")[2] for each in self.broader(concept)}
        own = concept.rpartition("/")[2]
        if own in known:
            return own
        return next(iter(sorted(names & known)), own)

    def is_possible(self, statement: str) -> bool:
        return bool(self.hedges(statement) & {"possibility", *_GROUPS["possibility"]})

    def is_computed(self, statement: str) -> bool:
        return VOCAB + "explicitness/computed" in self.get(statement, "explicitness") or "machine-coded" in self.hedges(
            statement
        )

    def strength(self, statement: str) -> Strength:
        hedges = self.hedges(statement)
        if hedges & {"likelihood", *_GROUPS["likelihood"]}:
            return Strength.LIKELY
        return Strength.EVIDENTIAL if "evidential" in hedges else Strength.FLAT

    # --- voices -------------------------------------------------------------------------------------------------

    def is_in_full(self, act: Act, speaker: str) -> bool:
        """An own voice, or an act that is made by being said; neither computed nor only possible."""
        if not self.hedges(act.statement) or self.is_computed(act.statement) or self.is_possible(act.statement):
            return False
        return self._is_own_voice(act, speaker) or self._is_made_by_being_said(act, speaker)

    def _is_own_voice(self, act: Act, speaker: str) -> bool:
        sources = self.get(act.statement, "reportedIn")
        return (
            self.hedges(act.statement) <= _IN_OWN_VOICE | {"flat", "likelihood"}
            and speaker in self.authors(act.statement)
            and speaker not in self._parties(act.proposition)
            and any(self._reports_on_others(source) for source in sources)
        )

    def is_quoting(self, statement: str) -> bool:
        """Whether an author who words it so reports what others say."""
        return bool(self.hedges(statement) & {*_HANDED_ON, "attribution", "distance"})

    def authors(self, statement: str) -> set[str]:
        """The narrative voices of its sources: creators or, where none is given, publishers of what is their own."""
        voices: set[str] = set()
        for source in self.get(statement, "reportedIn"):
            publishers = set() if self.get(source, "republishes") else self.get(source, _PUBLISHER)
            voices |= self.get(source, _CREATOR) or publishers
        return voices

    def _reports_on_others(self, source: str) -> bool:
        kinds = {each for kind in self.get(source, "sourceKind") for each in self.broader(kind)}
        marks = {mark for kind in kinds for mark in self.get(kind, "reportsOnOthers")}
        names = {kind.rpartition("/")[2] for kind in kinds}
        return bool(kinds) and "false" not in marks and not names & _SPEAK_FOR_THEMSELVES

    def _parties(self, proposition: str) -> set[str]:
        return {value for values in self.properties(proposition).values() for value in values}

    def _is_made_by_being_said(self, act: Act, speaker: str) -> bool:
        if not speaker or act.by or self.is_hearsay(act.statement):
            return False
        if self.is_a(act.proposition, "Position"):
            return act.kind == "asserts" and speaker in self.get(act.proposition, "actor")
        if self.is_a(act.proposition, "ZoneCoverage") and act.kind in ("asserts", "denies"):
            zones = self.get(act.proposition, "zone")
            wholes = self.climb(act.statement, "partOfStatement")
            return any(zones & self.get(whole, "declares") and speaker in self.speakers(whole) for whole in wholes)
        return False

    def is_hearsay(self, statement: str) -> bool:
        return bool(self.hedges(statement) & _HEARSAY)
