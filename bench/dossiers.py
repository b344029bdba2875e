"""Generates dossiers: the statements that one made-up article reports, with their quotes."""

import random
from collections.abc import Callable
from datetime import date

from bench import edtf_dates, fake_text, nquads_writer
from bench.generator_state import GeneratedStatement, GeneratorState
from bench.nquads_writer import concepts
from bench.propositions import KINDS, Propositions
from bench.sampling import WeightedChoice, pick_early, pick_late

Links = list[tuple[str, str]]

_FORMS = WeightedChoice(
    {
        "asserts": 61,
        "relays": 10,
        "denies": 8,
        "disputes": 5,
        "restates": 4,
        "parts": 4,
        "leaves open": 3,
        "supports": 3,
        "supposes": 1.5,
        "retracts": 0.5,
    }
)
_HEDGES = WeightedChoice(
    {
        "none": 52,
        "attributed": 18,
        "reportedly": 10,
        "claims-of": 5,
        "allegations": 3,
        "probably": 3,
        "possibly": 3,
        "may": 2,
        "appears": 2,
        "scare-quotes": 1,
        "evidential": 1,
    }
)
_ASPECTS = {
    "IncidentAccount": concepts("aspect", ("attribution", "number", "target", "existence", "date")),
    "Labelling": concepts("aspect", ("label",)),
    "ZoneCoverage": concepts("aspect", ("extent",)),
}
_EXPLICITNESS = concepts("explicitness", ("presupposed", "implied", "implicit"))
_NOT_GIVEN = nquads_writer.concept("hedge/not-given")
_PART = "ck:partOfStatement"


class Dossier:
    """Writes one dossier; ``text`` returns its N-Quads."""

    def __init__(self, state: GeneratorState, number: int, progress: float) -> None:
        self._state, self._slug = state, f"{number}"
        self._rng: random.Random = state.rng
        self._day: date = edtf_dates.reporting_day(progress, self._rng)
        self._out = state.reference_graphs.new_graph(f"dossier-{number}")
        self._propositions = Propositions(state, self._out, self._slug, self._day)
        self._publisher = state.reference_graphs.sample_publisher()
        self._source = state.reference_graphs.iris.mint("source", f"article-{number}")
        self._passage = ""
        self._statements: list[GeneratedStatement] = []
        self._statement_count = self._offset = 0
        self._writers: dict[str, Callable[[], None]] = {
            "asserts": self._write_assertion,
            "relays": self._write_relay,
            "denies": self._write_denial,
            "disputes": self._write_dispute,
            "restates": self._write_restatement,
            "parts": self._write_nested_parts,
            "leaves open": self._write_open_question,
            "supports": self._write_support,
            "supposes": self._write_supposition,
            "retracts": self._write_retraction,
        }

    def write(self, zones: int) -> None:
        """Write the dossier, which begins with the declaration of so many zones."""
        self._write_header()
        if zones:
            self._write_declaration(zones)
        self._write_assertion()
        target = min(200, max(50, int(self._rng.lognormvariate(4.45, 0.4))))
        while self._statement_count < target:
            self._writers[_FORMS.sample(self._rng)]()

    def text(self) -> str:
        return self._out.text()

    def __len__(self) -> int:
        return len(self._out)

    def _write_header(self) -> None:
        title = f"Generated dossier {self._slug}"
        recorder, day = self._state.reference_graphs.iris.recorder, self._day.isoformat()
        nquads_writer.add_metadata(self._out, "Dossier", title, recorder)
        self._out.add_typed(
            self._source,
            "Source",
            ("skos:prefLabel", nquads_writer.english(f"Article {self._slug}, {self._day:%d %B %Y}")),
            ("ck:sourceKind", nquads_writer.concept("source-kind/article")),
            ("dcterms:title", nquads_writer.english(fake_text.make_sentence(self._rng))),
            ("dcterms:publisher", self._publisher),
            ("dcterms:issued", nquads_writer.edtf(day)),
            ("ck:issuedSpan", edtf_dates.day_span(day, day)),
            ("dcterms:language", nquads_writer.string("en")),
            ("ck:characters", nquads_writer.integer(50_000)),
            ("ck:sha256", self._random_sha256()),
        )
        self._state.sources.append(self._source)

    def _random_sha256(self) -> str:
        return f'"{self._rng.getrandbits(256):064x}"'

    # --- forms of statements ---

    def _write_declaration(self, count: int) -> None:
        iris = self._state.reference_graphs.iris
        zones = [iris.mint("zone", f"{self._slug}-{number + 1}") for number in range(count)]
        for number, zone in enumerate(zones):
            handle = nquads_writer.english(f"zone {number + 1} of dossier {self._slug}")
            self._out.add_typed(zone, "Zone", ("skos:prefLabel", handle))
        speaker = self._state.reference_graphs.sample_actor()
        whole = self._write_statement(speaker, [("ck:declares", zone) for zone in zones], "none")
        self._state.zones.extend(zones)
        for zone in zones:
            propositions = self._propositions.write_zone(zone)
            for kind, proposition in zip(("ZoneCoverage", "Labelling"), propositions, strict=True):
                links = [("ck:asserts", proposition), (_PART, whole)]
                part = self._write_statement(speaker, links, "none", reuse_passage=True)
                self._record(GeneratedStatement(part, proposition, kind, speaker, zone))
        self._state.nested_statements.append(whole)

    def _write_assertion(self) -> None:
        self._write_act("ck:asserts", self._sample_speaker(), self._sample_kind())

    def _write_open_question(self) -> None:
        self._write_act("ck:leavesOpen", self._publisher, self._sample_kind(), hedge="unclear")

    def _write_nested_parts(self) -> None:
        """An utterance of several acts, with parts within parts."""
        speaker = self._sample_speaker()
        whole = parent = self._write_act("ck:asserts", speaker, self._sample_kind())
        for _ in range(1 + int(self._rng.expovariate(0.7))):
            links = [(_PART, parent if self._rng.random() < 0.6 else whole)]
            parent = self._write_act(
                "ck:asserts", speaker, self._sample_kind(), links, reuse_passage=self._rng.random() < 0.5
            )
        self._state.nested_statements.append(whole)

    def _write_relay(self) -> None:
        iris = self._state.reference_graphs.iris
        unnamed = iris.mint("actor", f"unnamed-{self._slug}-{self._statement_count}")
        handle = nquads_writer.english(f"unnamed, {fake_text.make_sentence(self._rng)}")
        self._out.add_typed(unnamed, "UnnamedActor", ("skos:prefLabel", handle))
        claim = self._write_act("ck:asserts", unnamed, self._sample_kind(), hedge="not-given")
        self._write_statement(self._sample_speaker(), [("ck:relays", claim)], "claims-of", reuse_passage=True)

    def _write_denial(self) -> None:
        speaker = self._state.reference_graphs.sample_actor()
        self._write_statement(speaker, [("ck:denies", self._pick_statement().proposition)], self._sample_hedge())

    def _write_dispute(self) -> None:
        original = self._pick_statement()
        aspects = _ASPECTS.get(original.kind, _ASPECTS["IncidentAccount"][3:4])
        links: Links = [("ck:disputes", original.statement)]
        links.append(("ck:disputedAspect", pick_early(aspects, self._rng)))
        proposition = self._propositions.write_rival(original)
        speaker = self._state.reference_graphs.sample_actor()
        statement = self._write_statement(speaker, [("ck:asserts", proposition), *links], self._sample_hedge())
        self._record(GeneratedStatement(statement, proposition, original.kind, speaker, original.thing))

    def _write_restatement(self) -> None:
        original = self._rng.choice(self._statements)
        links = [("ck:asserts", original.proposition), ("ck:restates", original.statement)]
        self._write_statement(original.speaker, links, self._sample_hedge())

    def _write_support(self) -> None:
        original = pick_late(self._statements, self._rng)
        link = self._rng.choice(("ck:supports", "ck:basedOn", "ck:inTensionWith", "ck:groundFor"))
        self._write_act("ck:asserts", self._publisher, self._sample_kind(), [(link, original.statement)])

    def _write_supposition(self) -> None:
        antecedent = self._write_act("ck:supposes", self._publisher, "IncidentAccount", hedge="if")
        links = [("ck:conditionalOn", antecedent)]
        self._write_act("ck:supposes", self._publisher, "Assessment", links, hedge="if", reuse_passage=True)

    def _write_retraction(self) -> None:
        original = self._rng.choice(self._statements)
        self._write_statement(original.speaker, [("ck:retracts", original.statement)], "none")

    # --- shared steps ---

    def _sample_kind(self) -> str:
        return KINDS.sample(self._rng)

    def _sample_hedge(self) -> str:
        return _HEDGES.sample(self._rng)

    def _sample_speaker(self) -> str:
        return self._publisher if self._rng.random() < 0.45 else self._state.reference_graphs.sample_actor()

    def _pick_statement(self) -> GeneratedStatement:
        own = self._rng.random() < 0.5
        return pick_late(self._statements if own else self._state.statements, self._rng)

    def _write_act(
        self,
        act: str,
        speaker: str,
        kind: str,
        links: Links | None = None,
        hedge: str = "",
        *,
        reuse_passage: bool = False,
    ) -> str:
        proposition = self._propositions.write(kind)
        thing = self._propositions.last_thing
        pairs = [(act, proposition), *(links or [])]
        statement = self._write_statement(speaker, pairs, hedge or self._sample_hedge(), reuse_passage=reuse_passage)
        if act == "ck:asserts":
            self._record(GeneratedStatement(statement, proposition, kind, speaker, thing))
        return statement

    def _record(self, statement: GeneratedStatement) -> None:
        self._statements.append(statement)
        self._state.statements.append(statement)

    def _write_statement(self, speaker: str, pairs: Links, hedge: str, *, reuse_passage: bool = False) -> str:
        """Write a statement with these acts and links, quoted from a new passage or from the last one."""
        self._statement_count += 1
        slug = f"{self._slug}-{self._statement_count}"
        statement = self._state.reference_graphs.iris.mint("statement", slug)
        if not reuse_passage or not self._passage:
            self._passage = self._write_passage(slug)
        more: Links = []
        if self._rng.random() < 0.25:
            more.append(("ck:explicitness", pick_late(_EXPLICITNESS, self._rng)))
        if self._rng.random() < 0.3:
            iso = self._day.isoformat()
            said = edtf_dates.UncertainDate(f"{iso}~", iso, iso, f"on {self._day:%A}")
            more += said.pairs("ck:saidWhen", "ck:saidWhenAsGiven", "ck:saidEarliest", "ck:saidLatest", "ck:saidSpan")
        self._out.add_typed(
            statement,
            "Statement",
            ("ck:speaker", speaker),
            *pairs,
            ("ck:reportedIn", self._source),
            ("ck:hedge", nquads_writer.concept(f"hedge/{hedge}")),
            ("ck:quote", self._passage),
            *more,
        )
        return statement

    def _write_passage(self, slug: str) -> str:
        iris = self._state.reference_graphs.iris
        passage = iris.mint("passage", slug)
        position, quote = iris.mint("selector", f"{slug}-position"), iris.mint("selector", f"{slug}-words")
        exact = fake_text.make_sentence(self._rng)
        start = self._offset = self._offset + self._rng.randrange(40, 200)
        end = start + len(exact) + self._rng.randrange(60)
        self._out.add(position, ("rdf:type", nquads_writer.iri("oa:TextPositionSelector")))
        self._out.add(position, ("oa:start", nquads_writer.integer(start)), ("oa:end", nquads_writer.integer(end)))
        self._out.add(position, ("ck:sha256", self._random_sha256()))
        self._out.add(
            quote, ("rdf:type", nquads_writer.iri("oa:TextQuoteSelector")), ("oa:exact", nquads_writer.string(exact))
        )
        if self._rng.random() < 0.2:
            self._out.add(
                quote, ("oa:prefix", nquads_writer.string("that ")), ("oa:suffix", nquads_writer.string(", it said"))
            )
        selectors = (("oa:hasSelector", position), ("oa:hasSelector", quote))
        self._out.add_typed(passage, "Passage", ("oa:hasSource", self._source), *selectors)
        if self._rng.random() < 0.1:
            self._out.add(passage, ("ck:ownWords", nquads_writer.string(exact.split(" the ")[0].strip('"'))))
        if self._rng.random() < 0.04:
            self._out.add(passage, ("ck:cites", self._state.reference_graphs.sample_source()))
        return passage
