"""The integrity rules: what a write must keep true across documents and texts, which no shape can express.

Owns the list of rules, which are in ``kg.ingest.rules``. Given a graph that conforms, a rule has a violation for a
change if and only if it has one for the whole graph with the change: what the whole would be refused for cannot be
reached in steps. Stricter is ``check_removals`` alone, also of resources that other knowledge graphs describe.
"""

from collections.abc import Sequence

from kg.errors import Finding
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.rules import geometries, home_graphs, names, quotes, resources, statements
from kg.ingest.rules.interface import Rule

RULES: Sequence[Rule] = (
    home_graphs.check_named_graph,
    home_graphs.check_home_graph_described,
    home_graphs.check_single_home_graph,
    home_graphs.check_distinct_documents,
    resources.check_types,
    resources.check_references,
    resources.check_reference_kinds,
    resources.check_removals,
    geometries.check_readable_geometries,
    quotes.check_quotes,
    quotes.check_share_of_text,
    quotes.check_texts_archived,
    quotes.check_text_hashes,
    quotes.check_quoted_texts_hashed,
    geometries.check_geometries_stated,
    names.check_actors_used,
    names.check_known_names,
    names.check_concepts,
    statements.check_equal_propositions,
    statements.check_same_speaker,
    statements.check_hedges,
    statements.check_plausible_values,
    statements.check_means_typed,
)


def check_integrity(write: ProposedWrite) -> list[Finding]:
    """The findings of all rules."""
    return [finding for rule in RULES for finding in rule(write)]
