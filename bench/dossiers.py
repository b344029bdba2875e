"""Dossiers: what one made-up article reports, statement by statement, with its quotes."""

import random
from collections.abc import Callable
from datetime import date

from bench import edtf_dates, fake_text, nquads_writer
from bench.generator_state import GeneratorState, Said
from bench.nquads_writer import concepts
from bench.propositions import KINDS, Propositions
from bench.sampling import Weighted, recent, skewed

Links = list[tuple[str, str]]

_FORMS = Weighted(
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
_HEDGES = Weighted(
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
    """Writes one dossier; ``text`` is its N-Quads."""

    def __init__(self, world: GeneratorState, number: int, progress: float) -> None:
        self._world, self._slug = world, f"{number}"
        self._chance: random.Random = world.chance
        self._day: date = edtf_dates.day_of(progress, self._chance)
        self._out = world.registers.graph(f"dossier-{number}")
        self._propositions = Propositions(world, self._out, self._slug, self._day)
        self._publisher = world.registers.publisher()
        self._source = world.registers.names.of("source", f"article-{number}")
        self._passage = ""
        self._said: list[Said] = []
        self._statements = self._offset = 0
        self._writers: dict[str, Callable[[], None]] = {
            "asserts": self._asserts,
            "relays": self._relays,
            "denies": self._denies,
            "disputes": self._disputes,
            "restates": self._restates,
            "parts": self._parts,
            "leaves open": self._leaves_open,
            "supports": self._supports,
            "supposes": self._supposes,
            "retracts": self._retracts,
        }

    def write(self, zones: int) -> None:
        """The whole dossier, with the declaration of this many zones first."""
        self._head()
        if zones:
            self._declares(zones)
        self._asserts()
        wanted = min(200, max(50, int(self._chance.lognormvariate(4.45, 0.4))))
        while self._statements < wanted:
            self._writers[_FORMS.draw(self._chance)]()

    def text(self) -> str:
        return self._out.text()

    def __len__(self) -> int:
        return len(self._out)

    def _head(self) -> None:
        title = f"Generated dossier {self._slug}"
        recorder = self._world.registers.names.recorder
        nquads_writer.described(self._out, "Dossier", title, recorder)
        self._out.typed(
            self._source,
            "Source",
            ("skos:prefLabel", nquads_writer.words(f"Article {self._slug}, {self._day:%d %B %Y}")),
            ("ck:sourceKind", nquads_writer.concept("source-kind/article")),
            ("dcterms:title", nquads_writer.words(fake_text.sentence(self._chance))),
            ("dcterms:publisher", self._publisher),
            ("dcterms:issued", nquads_writer.edtf(self._day.isoformat())),
            ("dcterms:language", nquads_writer.plain("en")),
            ("ck:characters", nquads_writer.number(50_000)),
            ("ck:sha256", self._digest()),
        )
        self._world.sources.append(self._source)

    def _digest(self) -> str:
        return f'"{self._chance.getrandbits(256):064x}"'

    # --- forms of statements ---

    def _declares(self, count: int) -> None:
        names = self._world.registers.names
        zones = [names.of("zone", f"{self._slug}-{number + 1}") for number in range(count)]
        for number, zone in enumerate(zones):
            handle = nquads_writer.words(f"zone {number + 1} of dossier {self._slug}")
            self._out.typed(zone, "Zone", ("skos:prefLabel", handle))
        speaker = self._world.registers.actor()
        whole = self._statement(speaker, [("ck:declares", zone) for zone in zones], "none")
        self._world.zones.extend(zones)
        for zone in zones:
            for kind, proposition in zip(
                ("ZoneCoverage", "Labelling"), self._propositions.about_zone(zone), strict=True
            ):
                part = self._statement(speaker, [("ck:asserts", proposition), (_PART, whole)], "none", again=True)
                self._remember(Said(part, proposition, kind, speaker, zone))
        self._world.chains.append(whole)

    def _asserts(self) -> None:
        self._act("ck:asserts", self._speaker(), self._kind())

    def _leaves_open(self) -> None:
        self._act("ck:leavesOpen", self._publisher, self._kind(), hedge="unclear")

    def _parts(self) -> None:
        """An utterance of several acts, parts within parts."""
        speaker = self._speaker()
        whole = above = self._act("ck:asserts", speaker, self._kind())
        for _ in range(1 + int(self._chance.expovariate(0.7))):
            links = [(_PART, above if self._chance.random() < 0.6 else whole)]
            above = self._act("ck:asserts", speaker, self._kind(), links, again=self._chance.random() < 0.5)
        self._world.chains.append(whole)

    def _relays(self) -> None:
        names = self._world.registers.names
        unnamed = names.of("actor", f"unnamed-{self._slug}-{self._statements}")
        handle = nquads_writer.words(f"unnamed, {fake_text.sentence(self._chance)}")
        self._out.typed(unnamed, "UnnamedActor", ("skos:prefLabel", handle))
        claim = self._act("ck:asserts", unnamed, self._kind(), hedge="not-given")
        self._statement(self._speaker(), [("ck:relays", claim)], "claims-of", again=True)

    def _denies(self) -> None:
        self._statement(self._world.registers.actor(), [("ck:denies", self._earlier().proposition)], self._hedge())

    def _disputes(self) -> None:
        said = self._earlier()
        aspects = _ASPECTS.get(said.kind, _ASPECTS["IncidentAccount"][3:4])
        links: Links = [("ck:disputes", said.statement)]
        links.append(("ck:disputedAspect", skewed(aspects, self._chance)))
        proposition = self._propositions.rival(said)
        speaker = self._world.registers.actor()
        statement = self._statement(speaker, [("ck:asserts", proposition), *links], self._hedge())
        self._remember(Said(statement, proposition, said.kind, speaker, said.thing))

    def _restates(self) -> None:
        said = self._chance.choice(self._said)
        links = [("ck:asserts", said.proposition), ("ck:restates", said.statement)]
        self._statement(said.speaker, links, self._hedge())

    def _supports(self) -> None:
        said = recent(self._said, self._chance)
        link = self._chance.choice(("ck:supports", "ck:basedOn", "ck:inTensionWith", "ck:groundFor"))
        self._act("ck:asserts", self._publisher, self._kind(), [(link, said.statement)])

    def _supposes(self) -> None:
        antecedent = self._act("ck:supposes", self._publisher, "IncidentAccount", hedge="if")
        links = [("ck:conditionalOn", antecedent)]
        self._act("ck:supposes", self._publisher, "Assessment", links, hedge="if", again=True)

    def _retracts(self) -> None:
        said = self._chance.choice(self._said)
        self._statement(said.speaker, [("ck:retracts", said.statement)], "none")

    # --- what they share ---

    def _kind(self) -> str:
        return KINDS.draw(self._chance)

    def _hedge(self) -> str:
        return _HEDGES.draw(self._chance)

    def _speaker(self) -> str:
        return self._publisher if self._chance.random() < 0.45 else self._world.registers.actor()

    def _earlier(self) -> Said:
        said = self._said if self._chance.random() < 0.5 else self._world.said
        return recent(said, self._chance)

    def _act(
        self, act: str, speaker: str, kind: str, links: Links | None = None, hedge: str = "", *, again: bool = False
    ) -> str:
        proposition = self._propositions.new(kind)
        thing = self._propositions.last_thing
        pairs = [(act, proposition), *(links or [])]
        statement = self._statement(speaker, pairs, hedge or self._hedge(), again=again)
        if act == "ck:asserts":
            self._remember(Said(statement, proposition, kind, speaker, thing))
        return statement

    def _remember(self, said: Said) -> None:
        self._said.append(said)
        self._world.said.append(said)

    def _statement(self, speaker: str, pairs: Links, hedge: str, *, again: bool = False) -> str:
        """A statement with these acts and links, quoted from a passage of its own or, ``again``, from the last."""
        self._statements += 1
        slug = f"{self._slug}-{self._statements}"
        statement = self._world.registers.names.of("statement", slug)
        if not again or not self._passage:
            self._passage = self._quoted(slug)
        more: Links = []
        if self._chance.random() < 0.25:
            more.append(("ck:explicitness", recent(_EXPLICITNESS, self._chance)))
        if self._chance.random() < 0.3:
            iso = self._day.isoformat()
            said = edtf_dates.Moment(f"{iso}~", iso, iso, f"on {self._day:%A}")
            more += said.pairs("ck:saidWhen", "ck:saidWhenAsGiven", "ck:saidEarliest", "ck:saidLatest")
        self._out.typed(
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

    def _quoted(self, slug: str) -> str:
        names = self._world.registers.names
        passage = names.of("passage", slug)
        position, quote = names.of("selector", f"{slug}-position"), names.of("selector", f"{slug}-words")
        exact = fake_text.sentence(self._chance)
        start = self._offset = self._offset + self._chance.randrange(40, 200)
        end = start + len(exact) + self._chance.randrange(60)
        self._out.add(position, ("rdf:type", nquads_writer.iri("oa:TextPositionSelector")))
        self._out.add(position, ("oa:start", nquads_writer.number(start)), ("oa:end", nquads_writer.number(end)))
        self._out.add(position, ("ck:sha256", self._digest()))
        self._out.add(
            quote, ("rdf:type", nquads_writer.iri("oa:TextQuoteSelector")), ("oa:exact", nquads_writer.plain(exact))
        )
        if self._chance.random() < 0.2:
            self._out.add(
                quote, ("oa:prefix", nquads_writer.plain("that ")), ("oa:suffix", nquads_writer.plain(", it said"))
            )
        selectors = (("oa:hasSelector", position), ("oa:hasSelector", quote))
        self._out.typed(passage, "Passage", ("oa:hasSource", self._source), *selectors)
        if self._chance.random() < 0.1:
            self._out.add(passage, ("ck:ownWords", nquads_writer.plain(exact.split(" the ")[0].strip('"'))))
        if self._chance.random() < 0.04:
            self._out.add(passage, ("ck:cites", self._world.registers.source()))
        return passage
