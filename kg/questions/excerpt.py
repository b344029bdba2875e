"""What questions about accounts of incidents are answered from where they ask for one place or incident, or some days.

The queries of such questions join all that an account may say, and engines do so over the whole graph. That takes
seconds where data sets are large, and milliseconds over some hundred accounts. Owns which resources are read for that:
at least the accounts that match, and what the queries reach from these. What counts is for the queries.
"""

from collections.abc import Collection, Iterable, Mapping

import pyoxigraph as ox

from kg.questions.evidence_graph import SUPPORT, split_nodes
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Term

ACCOUNTS_MAX = 2_000
"""Of more accounts the whole graph is asked."""
_STEPS = 2
"""From an account or a statement to what a row names: over a number of dead or a passage to its parts."""
_ROUNDS = 4
"""In which what relays or retracts a statement is itself relayed or retracted."""
_CANDIDATES = {
    "incident": BatchQuery.read(SUPPORT / "accounts-of-incident.rq"),
    "place": BatchQuery.read(SUPPORT / "accounts-at-place.rq"),
    "during": BatchQuery.read(SUPPORT / "accounts-during.rq"),
}
"""By the parameter that narrows a question."""
_DATED_BY = BatchQuery.read(SUPPORT / "accounts-dated-by.rq")
_INCIDENTS = BatchQuery.read(SUPPORT / "incidents-of-accounts.rq")
_ACCOUNTS = BatchQuery.read(SUPPORT / "accounts-of-incidents.rq")
_PLACES = BatchQuery.read(SUPPORT / "places-of-accounts.rq")
_AROUND_PLACES = BatchQuery.read(SUPPORT / "around-places.rq")
_STATEMENTS = BatchQuery.read(SUPPORT / "statements-on.rq")
_AROUND_STATEMENTS = BatchQuery.read(SUPPORT / "around-statements.rq")
_PROPERTIES = BatchQuery.read(SUPPORT / "properties.rq")


def read_excerpt(terms: Mapping[str, Term], store: Queryable) -> Queryable:
    """A graph with the accounts that may match these parameters, and all that says something of them.

    The store itself where none of them narrows the accounts to ACCOUNTS_MAX. Raises what ``Queryable.query`` raises.
    """
    candidates = [_find_candidates(name, terms[name], store) for name in _CANDIDATES.keys() & terms.keys()]
    narrowed = [accounts for accounts in candidates if len(accounts) <= ACCOUNTS_MAX]
    if not narrowed:
        return store
    return _copy_properties(_find_nodes(set.intersection(*narrowed), store), store)


def _find_candidates(name: str, term: Term, store: Queryable) -> set[str]:
    """The accounts that may match a parameter; more than ACCOUNTS_MAX need not be all of them."""
    accounts = _list_nodes(_CANDIDATES[name].select(store, {name: [term]}).rows)
    if name == "during" and len(accounts) <= ACCOUNTS_MAX:
        accounts |= _select_around(_DATED_BY, "account", accounts, store)
    return accounts


def _find_nodes(accounts: Collection[str], store: Queryable) -> set[str]:
    """The accounts, what is around them, and the statements on all of that with what is around these."""
    accounts = _add_accounts(accounts, store)
    # From each place once: in a hub, what refers to it is many.
    places = _select_around(_PLACES, "account", accounts, store)
    contents = accounts | places | _select_around(_AROUND_PLACES, "place", places, store)
    statements = latest = _select_around(_STATEMENTS, "proposition", contents, store)
    for _ in range(_ROUNDS):
        latest = _select_around(_AROUND_STATEMENTS, "statement", latest, store) - statements
        statements |= latest
    return contents | statements


def _add_accounts(accounts: Collection[str], store: Queryable) -> set[str]:
    """The accounts with all others of the same incidents, and of those that these are part of."""
    known, latest = set(accounts), set(accounts)
    incidents = set[str]()
    while latest:
        found = _select_around(_INCIDENTS, "account", latest, store) - incidents
        incidents |= found
        latest = _select_around(_ACCOUNTS, "incident", found, store) - known
        known |= latest
    return known


def _copy_properties(nodes: Iterable[str], store: Queryable) -> EmbeddedStore:
    """A graph of all properties of the nodes, and of what these lead to in a few steps."""
    engine = ox.Store()
    known, latest = set[str](), set(nodes)
    for _ in range(_STEPS + 1):
        known |= latest
        values = set[str]()
        for part in split_nodes(latest):
            for row in _PROPERTIES.select(store, {"node": part}).rows:
                node, property_, value = row["node"], row["property"], row["value"]
                assert isinstance(node, ox.NamedNode)
                assert isinstance(property_, ox.NamedNode)
                assert value is not None
                engine.add(ox.Quad(node, property_, value))
                if isinstance(value, ox.NamedNode):
                    values.add(value.value)
        latest = values - known
    return EmbeddedStore.of_copy(engine, union=True, version="")


def _select_around(query: BatchQuery, variable: str, nodes: Collection[str], store: Queryable) -> set[str]:
    parts = (query.select(store, {variable: part}).rows for part in split_nodes(nodes))
    return {node for rows in parts for node in _list_nodes(rows)}


def _list_nodes(rows: Iterable[Mapping[str, Term | None]]) -> set[str]:
    return {node.value for row in rows if isinstance(node := row["node"], ox.NamedNode)}
