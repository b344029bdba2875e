"""How propositions and statements stand, in one word and in one line.

What that rests on is wanted from the same levels as everything else, so that it costs no queries of its own: who does
what to a proposition, how hedged, taken back or told again, disputed by whom. What it decides is for
``kg.status.verdict``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg import namespaces
from kg.graphql.plan.batch_loader import BatchLoader, Layer
from kg.graphql.plan.rdf_terms import select_text
from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.type_model import PathStep, TypeModel
from kg.status.verdict import Act, Bearing, Evidence, decide


def _to(name: str) -> PathStep:
    return PathStep(f"{namespaces.CK}{name}", False)


def _from(name: str) -> PathStep:
    return PathStep(f"{namespaces.CK}{name}", True)


_ACTS: Mapping[PathStep, Act] = {
    _from("asserts"): Act.ASSERTS,
    _from("denies"): Act.DENIES,
    _from("leavesOpen"): Act.LEAVES_OPEN,
    _from("supposes"): Act.SUPPOSES,
}
_CONTENT, _ASSERTED, _DISPUTED, _RETRACTED = _from("content"), _from("asserts"), _from("disputes"), _from("retracts")
_HELD: Mapping[PathStep, str] = {_from("shows"): "said to be shown by", _from("about"): "assessed by"}
"""How a proposition is held that nobody need say: it decides nothing, but who holds it is told."""
_SPEAKER, _HEDGE, _RESTATES, _SOURCE = _to("speaker"), _to("hedge"), _to("restates"), _to("reportedIn")
_NAME = PathStep(f"{namespaces.SKOS}prefLabel", False)
_DOING = {
    Act.ASSERTS: "asserted by",
    Act.DENIES: "denied by",
    Act.LEAVES_OPEN: "left open by",
    Act.SUPPOSES: "supposed by",
    Act.INTENDS: "taken a position on by",
}
_POSSIBILITY = "POSSIBILITY"
_NOBODY = "nobody is recorded to say this"


@dataclass(slots=True)
class Following:
    """What is still to be followed, in the next level."""

    propositions: set[str] = field(default_factory=set)
    positions: set[str] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)
    disputes: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return any((self.propositions, self.positions, self.statements, self.disputes, self.named))


class Standing:
    """Tells of what the graph holds; ``following`` says what it needs next."""

    def __init__(self, model: TypeModel, graph: BatchLoader) -> None:
        self._model, self._graph = model, graph
        self.following = Following()
        hedges = next(
            (each for each in model.vocabularies.values() if each.scheme.iri == f"{namespaces.VOCAB}hedge"), None
        )
        self._possible = frozenset(hedges.within(_POSSIBILITY) if hedges and _POSSIBILITY in hedges.iris else ())

    def want(self, level: Layer) -> Following:
        """Ask the level for what is to be followed, and tell what that was."""
        wanted, self.following = self.following, Following()
        level.request(wanted.propositions, (*_ACTS, _CONTENT, *_HELD))
        level.request(wanted.positions, (_ASSERTED,))
        told = (_SPEAKER, _HEDGE, _RESTATES, _RETRACTED, _DISPUTED, _SOURCE)
        level.request(wanted.statements, (*told, *(PathStep(act, False) for act in self._model.acts)))
        level.request(wanted.disputes, (_SPEAKER, _RETRACTED))
        level.request(wanted.named, (_NAME,))
        return wanted

    def follow(self, wanted: Following) -> None:
        """Go on from what was found."""
        graph, following = self._graph, self.following
        for each in wanted.propositions:
            following.statements.update(graph.iris(each, tuple(_ACTS)))
            following.positions.update(graph.iris(each, (_CONTENT, *_HELD)))
        for each in wanted.positions:
            following.statements.update(graph.iris(each, (_ASSERTED,)))
        for each in wanted.statements:
            following.named.update(graph.iris(each, (_SPEAKER, _SOURCE)))
            following.disputes.update(graph.iris(each, (_DISPUTED,)))
        for each in wanted.disputes:
            following.named.update(graph.iris(each, (_SPEAKER,)))

    def status(self, proposition: str) -> str:
        """The status of a proposition, as the enum has it."""
        return constant_case(decide(self._evidence(proposition)).status)

    def line(self, proposition: str) -> str:
        """Who does what to a proposition, and who disputes it."""
        told: dict[Act, dict[str, None]] = defaultdict(dict)
        against: dict[str, None] = {}
        for each in sorted(self._evidence(proposition), key=lambda each: each.statement):
            taken_back = " (taken back)" if each.is_retracted else ""
            possible = " (as possible)" if each.is_possibility else ""
            told[each.act][f"{self._name(each.speaker)}{possible}{taken_back}"] = None
            against |= dict.fromkeys(self._name(speaker) for speaker in sorted(each.disputants))
        parts = [f"{words} {', '.join(told[act])}" for act, words in _DOING.items() if act in told]
        parts += self._holders(proposition)
        return "; ".join([*parts, *([f"disputed by {', '.join(against)}"] if against else [])]) or _NOBODY

    def _holders(self, proposition: str) -> Iterator[str]:
        """Who asserts that it is shown, or assesses it."""
        for step, words in _HELD.items():
            holding = [self._graph.iris(each, (_ASSERTED,)) for each in self._graph.iris(proposition, (step,))]
            speakers = {speaker for each in holding for one in each for speaker in self._graph.iris(one, (_SPEAKER,))}
            if speakers:
                yield f"{words} {', '.join(sorted(map(self._name, speakers)))}"

    def statement_line(self, statement: str) -> str:
        """Who makes a statement, how worded, where, and who disputes it."""
        speakers, sources = (self._graph.iris(statement, (step,)) for step in (_SPEAKER, _SOURCE))
        if not speakers:
            return _NOBODY
        acts = [name for act, name in self._model.acts.items() if self._graph.values(statement, PathStep(act, False))]
        act = acts[0].lower().replace("_", " ") if acts else "says"
        hedges = [each.rsplit("/", 1)[-1].replace("-", " ") for each in self._graph.iris(statement, (_HEDGE,))]
        worded = f", worded as {hedges[0]}" if hedges and hedges[0] != "none" else ""
        where = f", in {', '.join(self._name(each) for each in sorted(sources))}" if sources else ""
        against = ", ".join(self._name(each) for each in sorted(self._disputants(statement)))
        return f"{self._name(speakers[0])} {act}{worded}{where}" + (f"; disputed by {against}" if against else "")

    def _evidence(self, proposition: str) -> list[Evidence]:
        return [
            Evidence(
                statement=statement,
                act=act,
                bearing=Bearing.EXACT,
                speaker=speaker,
                is_possibility=not self._possible.isdisjoint(self._graph.iris(statement, (_HEDGE,))),
                is_retracted=bool(self._graph.values(statement, _RETRACTED)),
                is_restatement=bool(self._graph.values(statement, _RESTATES)),
                disputants=frozenset(self._disputants(statement)),
            )
            for statement, act in self._acts(proposition)
            for speaker in self._graph.iris(statement, (_SPEAKER,))
        ]

    def _acts(self, proposition: str) -> Iterator[tuple[str, Act]]:
        for step, act in _ACTS.items():
            for statement in self._graph.iris(proposition, (step,)):
                yield statement, act
        for position in self._graph.iris(proposition, (_CONTENT,)):
            for statement in self._graph.iris(position, (_ASSERTED,)):
                yield statement, Act.INTENDS

    def _disputants(self, statement: str) -> Iterable[str]:
        return {
            speaker
            for dispute in self._graph.iris(statement, (_DISPUTED,))
            if not self._graph.values(dispute, _RETRACTED)
            for speaker in self._graph.iris(dispute, (_SPEAKER,))
        }

    def _name(self, iri: str) -> str:
        return select_text(self._graph.values(iri, _NAME), ()) or iri.rsplit("/", 1)[-1]
