"""A proposition that no statement asserts is returned with attribution, or redacted and reported."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, parse

from kg.graphql.execute import GraphQLService
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.schema.field_binding import get_binding
from kg.graphql.schema.type_model import LinkField, TypeCategory
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
UNSTATED = "proposition:sd-2017-08-07-f23-content"
SPEAKERS = "statements { nodes { attribution } }"


def slugs(page: dict[str, Any]) -> set[str]:
    return {each["id"].rsplit("/", 1)[-1] for each in page["nodes"]}


def test_unstated_proposition_is_redacted_if_only_statements_would_attribute_it(execute: Execute) -> None:
    content = execute(f"{{ incidentAccounts(first: 200) {{ nodes {{ id gist {SPEAKERS} }} }} }}")
    given = slugs(content["data"]["incidentAccounts"])
    assert "errors" not in content
    assert all(each["statements"]["nodes"] for each in content["data"]["incidentAccounts"]["nodes"])
    withheld = content["extensions"]["withheld"]
    assert withheld["code"] == "ATTRIBUTION_REQUIRED"
    assert "attribution" in withheld["message"]
    assert withheld["count"] > 0
    assert "sd-2017-08-07-f23-content" not in given


def test_a_report_does_not_say_which_nodes_were_redacted(execute: Execute) -> None:
    for query in (
        f"{{ incidentAccounts(first: 200) {{ nodes {{ gist perpetrator {{ nodes {{ prefLabel }} }} {SPEAKERS} }} }} }}",
        f'{{ incidentAccount(id: "{UNSTATED}") {{ gist perpetrator {{ nodes {{ prefLabel }} }} {SPEAKERS} }} }}',
    ):
        extensions = execute(query, explain=True)["extensions"]
        assert "explain" not in extensions
        assert "f23-content" not in str(extensions)
    assert "explain" in execute("{ incidentAccounts { nodes { gist attribution } } }", explain=True)["extensions"]


@pytest.mark.parametrize("size", ["first: 1", "last: 1"])
def test_a_page_of_statements_that_leaves_out_who_denies_is_no_attribution(size: str, execute: Execute) -> None:
    labellings = 'labellings(where: {label: {contains: "Qa"}})'
    some = execute(f"{{ {labellings} {{ nodes {{ id label statements({size}) {{ nodes {{ attribution }} }} }} }} }}")
    everyone = execute(f"{{ {labellings} {{ nodes {{ id label statements {{ nodes {{ attribution }} }} }} }} }}")
    disputed = {node["id"] for node in everyone["data"]["labellings"]["nodes"] if len(node["statements"]["nodes"]) > 1}
    assert disputed
    assert not disputed & {node["id"] for node in some["data"]["labellings"]["nodes"]}
    assert some["extensions"]["withheld"]["count"] == len(disputed)
    assert "another page" in some["extensions"]["withheld"]["message"]


@pytest.mark.parametrize(
    "beside",
    [
        "all: statements { totalCount }",
        "all: statements { nodes { id } }",
        "few: statements(where: {hedge: {in: []}}) { nodes { attribution } }",
    ],
)
def test_other_statements_do_not_complete_a_page_with_speakers(beside: str, execute: Execute) -> None:
    content = execute(f"""{{ labellings(where: {{label: {{contains: "Qa"}}}}) {{ nodes {{ label
        statements(first: 1) {{ nodes {{ attribution }} }} {beside} }} }} }}""")
    assert "errors" not in content
    assert content["extensions"]["withheld"]["count"] > 0


def test_unstated_proposition_is_returned_with_attribution(query_data: Execute) -> None:
    found = query_data(f"""{{ intended: incidentAccount(id: "{UNSTATED}") {{ gist attribution status {SPEAKERS} }}
        shown: incidentAccount(slug: "sd-2017-08-07-f53-shown") {{ gist attribution status }}
        incidentAccounts(first: 200) {{ nodes {{ id gist attribution }} }} }}""")
    assert found["intended"]["attribution"] == "promise of Russia, by its own word, as EA WorldView reports"
    assert found["intended"]["status"] == "ONLY_INTENDED"
    assert found["shown"]["attribution"].startswith("said by EA WorldView to be shown by ")
    assert "sd-2017-08-07-f23-content" in slugs(found["incidentAccounts"])


def test_redacted_single_node_is_null_with_an_error(execute: Execute) -> None:
    content = execute(f'{{ incidentAccount(id: "{UNSTATED}") {{ gist {SPEAKERS} }} }}')
    assert content["data"] == {"incidentAccount": None}
    (error,) = content["errors"]
    assert error["extensions"]["code"] == "ATTRIBUTION_REQUIRED"
    assert error["path"] == ["incidentAccount"]
    assert "attribution" in error["message"]


def test_content_of_an_attributed_position_is_returned(query_data: Execute) -> None:
    content = f"content {{ nodes {{ id gist {SPEAKERS} }} }}"
    query = f'{{ position(slug: "sd-2017-08-07-f23") {{ attribution {SPEAKERS} {content} }} }}'
    found = query_data(query)["position"]
    assert slugs(found["content"]) == {"sd-2017-08-07-f23-content"}
    assert found["statements"]["nodes"]


PROMISE = b"""
@prefix : <https://w3id.org/conflict-kg/id/proposition/> .
@prefix actor: <https://w3id.org/conflict-kg/id/actor/> .
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix statement: <https://w3id.org/conflict-kg/id/statement/> .
<https://w3id.org/conflict-kg/graph/promise> {
    :promise a ck:Position ; ck:content :withdrawal .
    :withdrawal a ck:IncidentAccount ; ck:gist "troops leave"@en .
    actor:north a ck:State .
    actor:south a ck:State .
    statement:1 a ck:Statement ; ck:asserts :promise ; ck:speaker actor:north .
    statement:2 a ck:Statement ; ck:asserts :withdrawal ; ck:speaker actor:north .
    statement:3 a ck:Statement ; ck:denies :withdrawal ; ck:speaker actor:south .
}
"""


@pytest.mark.parametrize(("page", "returned"), [("", 1), ("(first: 2)", 1), ("(first: 1)", 0), ("(last: 1)", 0)])
def test_content_of_an_attributed_position_is_redacted_if_a_page_cuts_its_statements(
    page: str, returned: int, service: GraphQLService, execute_on: Callable[..., Execute]
) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(PROMISE, format=ox.RdfFormat.TRIG))))
    content = execute_on(service, store)(f"""{{ position(slug: "promise") {{ attribution
        content {{ nodes {{ id gist statements{page} {{ nodes {{ attribution }} }} }} }} }} }}""")
    assert "errors" not in content
    assert len(content["data"]["position"]["content"]["nodes"]) == returned
    assert content["extensions"].get("withheld", {}).get("count", 0) == 1 - returned


def test_edges_and_nodes_by_id_are_redacted_too(execute: Execute) -> None:
    some = "... on IncidentAccount { gist statements { nodes { attribution } } }"
    content = execute(f"""{{ nodes(ids: ["{UNSTATED}"]) {{ {some} }} node(id: "{UNSTATED}") {{ {some} }}
        propositions(first: 500) {{ edges {{ cursor node {{ {some} }} }} }} }}""")
    assert content["data"]["nodes"] == [None]
    assert content["data"]["node"] is None
    assert [each["path"] for each in content["errors"]] == [["nodes", 0], ["node"]]
    for edge in content["data"]["propositions"]["edges"]:
        assert not edge["node"] or edge["node"]["statements"]["nodes"]


def test_node_without_contested_fields_is_not_redacted(execute: Execute) -> None:
    content = execute(f'{{ incidentAccount(id: "{UNSTATED}") {{ id __typename {SPEAKERS} }} }}')
    assert "errors" not in content
    assert "withheld" not in content["extensions"]


def test_setting_switches_redaction_off(
    make_service: Callable[..., GraphQLService], execute_on: Callable[..., Execute]
) -> None:
    content = execute_on(make_service(requires_attribution=False))(
        f'{{ incidentAccount(id: "{UNSTATED}") {{ gist {SPEAKERS} }} }}'
    )
    assert content["data"]["incidentAccount"]["gist"]


ATTRIBUTIONS = [
    "", "", "attribution", "status", "headline", "who: attribution", "attribution @include(if: $yes)",
    "headline @include(if: $no)",
    SPEAKERS, "statements { nodes { speaker { id } } }", "statements { nodes { act ...whose } }",
    "statements(first: 0) { nodes { attribution } }",
    "statements(first: $none) { nodes { attribution } }",
    "statements(first: 2) { edges { node { attribution } } }", "statements { totalCount }",
    "statements(where: {exists: false}) { nodes { attribution } }", "statements { nodes { act hedge } }",
    "statements { nodes { act speaker { __typename } } }", "statements(last: 1) { nodes { speaker { ...named } } }",
    "statements { nodes { act speaker { ...named } disputedBy { nodes { speaker { id } } } } }",
    "statements { nodes { act ...whose disputedBy { nodes { ...whose } } } }",
    "... @include(if: $no) { attribution }", "...said", "...said @skip(if: $yes)",
    "statements(orderBy: [{field: HEDGE}], first: 1) { nodes { attribution @skip(if: $no) } }",
    "assertedBy { nodes { ...whose } }", "statements { pageInfo { endCursor } }",
]  # fmt: skip
FRAGMENTS = (
    "fragment named on Actor { prefLabel } fragment said on Proposition { attribution }"
    " fragment whose on Statement { speaker { ...named } reportedIn { nodes { id } } }"
)
USED = (
    'used: node(id: "actor:russia") { id @skip(if: $no) @include(if: $yes) ...named ...said ...whose }'
    " none: zones(first: $none) { totalCount }"
)
HEAD = "query ($yes: Boolean = true, $no: Boolean = false, $none: Int = 0)"


PROVENANCE = {
    "__typename", "id", "slug", "homeGraph", "speaker", "reportedIn", "recordedBy", "saidTo", "saidWhen",
    "saidEarliest", "saidLatest", "saidSpan", "attribution",
}  # fmt: skip
OTHERS = {"disputedBy", "grounds", "parts", "relayedBy", "restatedBy", "retractedBy", "supportedBy"}
"""What others do with a statement, each of whom is named."""
ACTS = {"asserts", "denies", "leavesOpen", "supposes"}
"""What a statement does with a proposition, which may have an attribution of its own."""


class DocumentGenerator:
    """Generates random documents that reach propositions and select random fields of them."""

    def __init__(self, service: GraphQLService, seed: int) -> None:
        self.service, self.random, self.keys = service, random.Random(seed), 0

    def document(self) -> str:
        roots = [name for name, field in self.service.schema.query_type.fields.items()  # type: ignore[union-attr]
                 if str(field.type).endswith("Connection!")]  # fmt: skip
        name = self.random.choice(sorted(roots))
        target = str(self.service.schema.query_type.fields[name].type).removesuffix("Connection!")  # type: ignore[union-attr]
        return f"{HEAD} {{ {USED} {name}(first: 40) {{ nodes {self.node(target, 0)} }} }} {FRAGMENTS}"

    def node(self, target: str, depth: int) -> str:
        members = self.service.model.members(target)
        some = self.random.sample(sorted(members), min(len(members), 3))
        return "{ __typename " + " ".join(f"... on {each} {{ {self.fields(each, depth)} }}" for each in some) + " }"

    def fields(self, name: str, depth: int) -> str:
        type_ = self.service.model.types[name]
        names = sorted(type_.fields)
        parts = ["__typename", "id"]
        for each in self.random.sample(names, min(len(names), self.random.randint(0, 3))):
            field = type_.fields[each]
            self.keys += 1
            if not isinstance(field, LinkField):
                parts.append(f"k{self.keys}: {each}")
            elif depth < 2:
                below = self.node(field.target, depth + 1)
                parts.append(f"k{self.keys}: {each} " + (f"{{ nodes {below} }}" if field.is_many else below))
        if type_.category is TypeCategory.PROPOSITION:
            for each in self.random.sample(ATTRIBUTIONS, 2):
                self.keys += 1
                is_field = each.startswith(("statements", "assertedBy", "attribution", "status", "headline"))
                parts.append(f"k{self.keys}: {each}" if is_field else each)
        elif type_.category is TypeCategory.STATEMENT:
            parts += self.random.choice([["attribution"], ["...whose"], ["speaker { id }"], []])
        return " ".join(parts)


class ResponseJudge:
    """Finds contested content without attribution in a response, without regard to how it was executed."""

    def __init__(self, service: GraphQLService, text: str) -> None:
        self.service, self.policy = service, AttributionPolicy(service.model)
        document = parse(text)
        self.fragments = {each.name.value: each for each in document.definitions
                          if isinstance(each, FragmentDefinitionNode)}  # fmt: skip
        self.root: Any = document.definitions[0]

    def unattributed(self, data: dict[str, Any]) -> list[str]:
        return list(self._judge(data, [self.root.selection_set], "Query", False))

    def _judge(self, value: Any, sets: list[Any], type_name: str, by_content: bool) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from self._judge(each, sets, type_name, by_content)
        if not isinstance(value, dict):
            return
        type_name = value.get("__typename", type_name)
        nodes = [(node, value[key]) for node in self.nodes(sets, type_name)
                 if (key := (node.alias or node.name).value) in value]  # fmt: skip
        known = self.service.model.types.get(type_name)
        if known and known.category is TypeCategory.PROPOSITION and not by_content:
            roles = [(get_binding(self.service.schema.type_map[type_name].fields[node.name.value]), node, told)  # type: ignore[attr-defined]
                     for node, told in nodes if node.name.value != "__typename"]  # fmt: skip
            if any(self.policy.is_contested(role) for role, _, _ in roles) and not any(
                node.name.value in ("attribution", "headline")
                or (node.name.value == "statements" and self.names_speaker(told))
                for _, node, told in roles
            ):
                yield f"{type_name} {value.get('id')}"
        if known and known.category is TypeCategory.STATEMENT and not self.names_source(nodes):
            said = [node.name.value for node, told in nodes if not (node.name.value in ACTS and told)]
            if not (PROVENANCE | OTHERS).issuperset(said):
                yield f"{type_name} {said}"
        for node, told in nodes:
            field = getattr(self.service.schema.type_map[type_name], "fields", {}).get(node.name.value)
            role = get_binding(field) if field else None
            below = str(field.type).strip("[]!") if field else ""
            is_content = self.policy.is_contested(role) or (
                by_content and node.name.value in ("nodes", "edges", "node")
            )
            yield from self._judge(told, [node.selection_set], below, is_content)

    @staticmethod
    def names_speaker(page: dict[str, Any]) -> bool:
        nodes = page.get("nodes", []) + [each.get("node", {}) for each in page.get("edges", [])]
        return any(
            each.get("attribution")
            or ({"act", "disputedBy"} <= each.keys() and {"speaker", "reportedIn"} <= each.keys())
            for each in nodes
        )

    @staticmethod
    def names_source(nodes: list[tuple[FieldNode, Any]]) -> bool:
        told = {node.name.value: value for node, value in nodes}
        return "attribution" in told or {"speaker", "reportedIn"} <= told.keys()

    def nodes(self, sets: list[Any], type_name: str) -> Iterator[FieldNode]:
        for each in (node for one in sets if one for node in one.selections):
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, InlineFragmentNode):
                if each.type_condition is None or each.type_condition.name.value == type_name:
                    yield from self.nodes([each.selection_set], type_name)
            elif isinstance(each, FragmentSpreadNode):
                yield from self.nodes([self.fragments[each.name.value].selection_set], type_name)


@pytest.mark.parametrize("seed", range(3))
def test_responses_to_random_requests_have_no_unattributed_content(
    seed: int, service: GraphQLService, make_service: Callable[..., GraphQLService], execute_on: Callable[..., Execute]
) -> None:
    execute, execute_loosely = execute_on(service), execute_on(make_service(requires_attribution=False))
    returned, caught = 0, 0
    for number in range(100):
        text = DocumentGenerator(service, seed * 1_000 + number).document()
        content = execute(text)
        codes = {each["extensions"]["code"] for each in content.get("errors", ())}
        assert codes <= {"ATTRIBUTION_REQUIRED"}, (text, content["errors"])
        if content.get("data"):
            returned += 1
            assert ResponseJudge(service, text).unattributed(content["data"]) == [], text
        else:
            caught += bool(ResponseJudge(service, text).unattributed(execute_loosely(text)["data"]))
    assert returned > 20
    assert caught > 3, "the judge finds content that the rule refuses"
