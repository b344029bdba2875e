"""An operation that selects contested content without attribution is refused, however it is written."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import get_named_type, is_composite_type

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.schema.type_model import TypeCategory
from kg.questions.catalogue import Catalogue
from kg.store.embedded import EmbeddedStore

ErrorCodes = Callable[..., list[str]]
Execute = Callable[..., dict[str, Any]]
REFUSED = "ATTRIBUTION_REQUIRED"

BY_NAME = (
    'question(name: "does-zone-cover-place", parameters: [{name: "zone", value: "idlib"}, '
    '{name: "place", value: "idlib-province"}])'
)
ASKED = 'zoneCoverage(zone: "idlib", place: "idlib-province")'
LABEL = 'question(name: "who-calls-whom-what", parameters: [{name: "label", value: "mosque"}])'
DISPUTES = "disputedBy { nodes { speaker { id } } }"
STANDING = "disputedBy { nodes { WHOSE } } retractedBy { nodes { WHOSE } }"
STATEMENTS = "statements { nodes { attribution } }"
UNATTRIBUTED = {
    "a value": "{ labellings { nodes { label } } }",
    "all texts of a value": "{ labellings { nodes { labelTexts { text } } } }",
    "a link": "{ incidentAccounts { nodes { perpetrator { nodes { id } } } } }",
    "a count": "{ incidentAccounts { nodes { count { nodes { minimum } } } } }",
    "a single one": '{ labelling(id: "proposition:sd-2017-08-07-f75") { label } }',
    "by an alias": "{ labellings { nodes { name: label status: __typename attribution: id } } }",
    "by node": '{ node(id: "proposition:sd-2017-08-07-f75") { ... on Labelling { label } } }',
    "by nodes": '{ nodes(ids: ["proposition:sd-2017-08-07-f75"]) { ... on Labelling { label } } }',
    "through an interface": "{ propositions { nodes { gist } } }",
    "through a fragment of a type": "{ propositions { nodes { id ... on ZoneCoverage { place { nodes { id } } } } } }",
    "through edges": "{ labellings { edges { node { label } } } }",
    "in a fragment": "{ labellings { nodes { ...f } } } fragment f on Labelling { label }",
    "in a fragment of a connection": "{ labellings { ...f } } fragment f on LabellingConnection { nodes { label } }",
    "in two fragments": "{ labellings { nodes { ...f } } } fragment f on Labelling { ...g } "
    "fragment g on Labelling { label }",
    "attribution of another type only": "{ propositions { nodes { ... on Labelling { label } "
    "... on ZoneCoverage { attribution } } } }",
    "through a union": "{ assessments { nodes { attribution about { nodes { ... on Labelling { label } } } } } }",
    "the content of a position": "{ positions { nodes { attribution content { nodes { gist } } } } }",
    "what a statement asserts": "{ statements { nodes { WHOSE asserts { ... on Labelling { label } } } } }",
    "under a condition": "query ($no: Boolean = false) { labellings { nodes { label "
    "attribution @include(if: $no) } } }",
    "skipped": "{ labellings { nodes { label attribution @skip(if: true) } } }",
    "in a skipped fragment": "{ labellings { nodes { label ... @skip(if: true) { attribution } } } }",
    "in a skipped spread": "{ labellings { nodes { label ...f @skip(if: true) } } } "
    "fragment f on Labelling { attribution }",
    "an empty page of statements": "{ labellings { nodes { label statements(first: 0) { nodes { attribution } } } } }",
    "statements filtered away": "{ labellings { nodes { label "
    "statements(where: {exists: false}) { nodes { attribution } } } } }",
    "statements without speakers": "{ labellings { nodes { label statements { totalCount } } } }",
    "statements counted": "{ labellings { nodes { label statements { pageInfo { hasNextPage } } } } }",
    "an inverse link reveals the role": '{ actor(slug: "russia") { perpetratorIn { nodes { id } } } }',
    "an inverse link of a place": '{ place(slug: "ein-tarma") { coverages { nodes { __typename id } } } }',
    "labellings of a thing": '{ zone(slug: "idlib") { labellings { nodes { label } } } }',
    "words without their speaker": "{ statements { nodes { quote { nodes { words { exact } } } } } }",
    "a rationale without its speaker": "{ statements { nodes { rationale } } }",
    "words by way of a source": "{ sources { nodes { passages { nodes { words { exact } } } } } }",
    "words cited": "{ sources { nodes { citedIn { nodes { ownWords } } } } }",
    "statements of an answer": '{ answer { zoneCoverage(zone: "idlib", place: "idlib-province") '
    "{ verdict statements { asserts { gist } } } } }",
}
UNATTRIBUTED |= {
    "with a status": "{ labellings { nodes { label status } } }",
    "a status alone": "{ propositions { nodes { id status } } }",
    "a strength alone": "{ propositions { nodes { strength } } }",
    "disputed aspects alone": "{ propositions { nodes { disputedAspects } } }",
    "a status behind an empty page": "{ propositions { nodes { status "
    "statements(first: 0) { nodes { attribution } } } } }",
    "a status in a fragment": "{ propositions { nodes { ...s } } } fragment s on Proposition { how: status }",
    "a verdict alone": f"{{ answer {{ {ASKED} {{ verdict }} }} }}",
    "a reason alone": f"{{ answer {{ {ASKED} {{ reason isInferred }} }} }}",
    "a verdict with statements without speakers": f"{{ answer {{ {ASKED} {{ verdict statements {{ id }} }} }} }}",
    "a verdict by name": f"{{ {BY_NAME} {{ answer {{ status }} }} }}",
    "speakers by their kind only": "{ labellings { nodes { label "
    f"statements {{ nodes {{ act {DISPUTES} speaker {{ __typename }} }} }} }} }} }}",
    "speakers under a condition": "query ($no: Boolean = false) { labellings { nodes { label "
    f"statements {{ nodes {{ act {DISPUTES} speaker {{ __typename id @include(if: $no) }} }} }} }} }} }}",
    "speakers of one kind only": "{ labellings { nodes { label "
    f"statements {{ nodes {{ act {DISPUTES} speaker {{ __typename ... on State {{ id }} }} }} }} }} }} }}",
    "nodes of statements under a condition": "query ($no: Boolean = false) { labellings { nodes { label "
    "statements { nodes @include(if: $no) { attribution } totalCount } } } }",
    "statements of one act only": "{ labellings { nodes { label deniedBy { nodes { WHOSE } } } } }",
    "statements beyond a cursor": 'query ($c: String = "WyJ6Il0") { labellings { nodes { label '
    "statements(after: $c) { nodes { attribution } } } } }",
    "statements behind an offset": "{ labellings { nodes { label "
    "statements(offset: 99) { nodes { attribution } } } } }",
    "statements by edges without nodes": "{ labellings { nodes { label statements { edges { cursor } } } } }",
    "attribution of the position only": "{ positions { nodes { status gist content { nodes "
    "{ contentOf { nodes { attribution } } ... on IncidentAccount { perpetrator { nodes { id } } } } } } } }",
    "words of what was translated": "{ sources { nodes { passages { nodes { "
    "translationOf { words { exact } } } } } } }",
    "words of speakers by their kind": "{ statements { nodes { speaker { __typename } "
    "quote { nodes { words { exact } } } } } }",
    "cursors that hold a value": "{ labellings(orderBy: [{field: LABEL}]) { edges { cursor } } }",
    "cursors of pages that hold a value": "{ labellings(orderBy: {field: LABEL}) { pageInfo { endCursor } } }",
    "cursors of an order that may hold a value": "query ($o: [LabellingOrder!]) { labellings(orderBy: $o) { "
    "edges { node { id } cursor } } }",
    "cursors in a fragment": "{ labellings(orderBy: [{field: ID}, {field: GIST}]) { ...p nodes { id } } } "
    "fragment p on LabellingConnection { pageInfo { ...i } } fragment i on PageInfo { startCursor }",
    "cursors of what an inverse link reveals": '{ actor(slug: "russia") { perpetratorIn { edges { cursor } } } }',
    "how many accounts": '{ actor(slug: "russia") { perpetratorIn { totalCount } } }',
    "how many accounts, by an alias": '{ actor(slug: "russia") { n: perpetratorIn { t: totalCount } } }',
    "how many accounts, in a fragment": '{ actor(slug: "russia") { ...a } } '
    "fragment a on Actor { perpetratorIn { ...c } } fragment c on IncidentAccountConnection { totalCount }",
    "how many coverages": '{ place(slug: "ein-tarma") { coverages { totalCount } } }',
    "whether there are accounts": '{ actor(slug: "russia") { perpetratorIn(first: 1) { pageInfo { hasNextPage } } } }',
    "accounts by their kind": '{ actor(slug: "russia") { perpetratorIn { nodes { __typename } } } }',
    "edges of a role": '{ actor(slug: "russia") { perpetratorIn { edges { __typename } } } }',
    "how many accounts, with an empty page": '{ actor(slug: "russia") { perpetratorIn(first: 0) { totalCount '
    "nodes { attribution } } } }",
    "statements by a size in a variable that is none": "query ($n: Int = 0) { labellings { nodes { label "
    "statements(first: $n) { nodes { attribution } } } } }",
    "who declares a zone, by a size that is none": "{ zones { nodes { declaredBy(first: 0) { pageInfo { hasNextPage } "
    "nodes { attribution } } } } }",
    "who declares a zone, and how many": "{ zones { nodes { declaredBy(first: 1) { totalCount nodes { WHOSE } } } } }",
    "who declares a zone, by cursors alone": "{ zones { nodes { declaredBy { edges { cursor } } } } }",
    "a verdict with speakers": f"{{ answer {{ {ASKED} {{ status statements {{ WHOSE }} }} }} }}",
    "a verdict with acts, of which some may be taken back": f"{{ answer {{ {ASKED} {{ status statements {{ act WHOSE "
    "disputedBy { nodes { WHOSE } } } } } }",
    "acts and speakers, without who retract them": "{ labellings { nodes { label "
    "statements { nodes { act WHOSE disputedBy { nodes { WHOSE } } } } } } }",
    "acts and speakers, with one of who dispute them": "{ labellings { nodes { label statements { nodes { act WHOSE "
    "disputedBy(first: 1) { nodes { WHOSE } } retractedBy { nodes { WHOSE } } } } } } }",
    "acts and speakers, with one of the sources": "{ labellings { nodes { label statements { nodes { act STANDING "
    "speaker { id } reportedIn(first: 1) { nodes { id } } } } } } }",
    "how many support a statement": "{ statements { nodes { attribution supportedBy { totalCount } } } }",
    "how many pass a statement on": "{ statements { nodes { attribution relayedBy { totalCount } } } }",
    "the content of a position of nobody": "{ positions { nodes { statements { nodes { attribution } } "
    "content { nodes { gist statements { nodes { attribution } } } } } } }",
    "what a depiction of nobody shows": "{ depictions { nodes { statements { nodes { attribution } } "
    "shows { nodes { gist statements { nodes { attribution } } } } } } }",
    "rows of names": '{ question(name: "who-denies-what") { table { rows { cells { column name } } } } }',
    "how many accounts, by a size that is none": 'query ($n: Int = 0) { actor(slug: "russia") { '
    "perpetratorIn(first: $n) { totalCount nodes { attribution } } } }",
    "how many accounts, with statements without speakers": '{ actor(slug: "russia") { perpetratorIn { totalCount '
    "nodes { statements { totalCount } } } } }",
    "whether a label comes after a text": 'query ($c: String = "WyJBIiwiaHR0cDovL3giXQ") { '
    "labellings(orderBy: [{field: LABEL}], after: $c) { pageInfo { hasNextPage } } }",
    "whether a label comes after a text, with an empty page": 'query ($c: String = "WyJBIiwiaHR0cDovL3giXQ") { '
    "labellings(orderBy: [{field: LABEL}], after: $c, first: 0) { pageInfo { hasNextPage } nodes { attribution } } }",
    "the order of a value": "{ labellings(orderBy: [{field: LABEL}]) { nodes { id } } }",
    "the order of a value, by edges": "{ incidentAccounts(orderBy: {field: EARLIEST}) { edges { node { slug } } } }",
    "cursors with statements, which might not be there": "{ labellings(orderBy: [{field: LABEL}]) { "
    "edges { cursor node { statements { nodes { attribution } } } } } }",
}
UNATTRIBUTED |= {
    "speakers, of whom some might deny it": "{ labellings { nodes { label "
    f"statements {{ nodes {{ speaker {{ id }} {DISPUTES} }} }} }} }} }}",
    "acts and speakers, without who dispute them": "{ labellings { nodes { label "
    "statements { nodes { act WHOSE } } } } }",
    "acts and speakers, with an empty page of disputes": "{ labellings { nodes { label "
    "statements { nodes { act WHOSE disputedBy(first: 0) { nodes { WHOSE } } } } } } }",
    "acts and speakers, with some of who dispute them": "{ labellings { nodes { label statements { nodes { "
    'act WHOSE disputedBy(where: {speaker: {id: {eq: "actor:x"}}}) { nodes { WHOSE } } } } } } }',
    "acts without speakers": "{ propositions { nodes { id statements { nodes { act } } } } }",
    "what is denied": "{ statements { nodes { denies { id } } } }",
    "what is denied, by its kind": "{ statements { nodes { denies { __typename } } } }",
    "what is denied, in a fragment": "{ statements { nodes { ...d } } } "
    "fragment d on Statement { who: denies { slug } }",
    "what is disputed": "{ statements { nodes { disputes { nodes { id } } } } }",
    "in what it is disputed": "{ statements { nodes { disputedAspect } } }",
    "what is taken back": "{ statements { nodes { retracts { id } } } }",
    "how many deny it": "{ propositions { nodes { id deniedBy { totalCount } } } }",
    "how many deny it, beside one of them": "{ propositions { nodes { "
    "deniedBy(first: 1) { totalCount nodes { WHOSE } } } } }",
    "whether it is denied": "{ propositions { nodes { deniedBy(first: 0) { pageInfo { hasNextPage } } } } }",
    "whether it is left open, by edges": "{ propositions { nodes { leftOpenBy { edges { __typename } } } } }",
    "whether it is supposed, by nodes": "{ propositions { nodes { supposedBy { nodes { id } } } } }",
    "how often it is asserted, by an alias": "{ propositions { nodes { n: assertedBy { m: totalCount } } } }",
    "cursors of who deny it": "{ propositions { nodes { deniedBy { edges { cursor } } } } }",
    "how many dispute a statement": "{ statements { nodes { WHOSE disputedBy { totalCount } } } }",
    "whether a statement is taken back": "{ statements { nodes { WHOSE retractedBy { nodes { id } } } } }",
    "deciding statements without speakers": f"{{ answer {{ {ASKED} {{ statements {{ id }} }} }} }}",
    "how many statements decide": f"{{ answer {{ {ASKED} {{ statements {{ __typename }} }} }} }}",
    "acts that decide": f"{{ answer {{ {ASKED} {{ statements {{ act }} }} }} }}",
    "reference steps that decide": f"{{ answer {{ {ASKED} {{ referenceSteps {{ place {{ id }} }} }} }} }}",
    "how statements bear on it": f"{{ answer {{ {ASKED} {{ headline bearing {{ how }} }} }} }}",
    "how statements without speakers bear on it": f"{{ answer {{ {ASKED} {{ headline bearing {{ how "
    "statement { id } } } } }",
    "the number of rows": '{ question(name: "who-denies-what") { table { rows { __typename } } } }',
    "the number of cells": '{ question(name: "who-denies-what") { table { rows { cells { column lang } } } } }',
    "how many nodes come after a text, by edges": 'query ($c: String = "WyJBIiwiaHR0cDovL3giXQ") { '
    "labellings(orderBy: [{field: LABEL}], after: $c) { edges { __typename } } }",
    "how many nodes come after a text, by nodes": 'query ($c: String = "WyJBIiwiaHR0cDovL3giXQ") { '
    "labellings(orderBy: [{field: LABEL}], after: $c) { nodes { __typename } } }",
    "cursors of passages that hold words": "{ sources { nodes { passages(orderBy: {field: OWN_WORDS}) { "
    "edges { cursor } } } } }",
    "the order of words, in a variable": "query ($o: [PassageOrder!] = [{field: OWN_WORDS}]) { "
    "sources { nodes { passages(orderBy: $o) { pageInfo { endCursor } } } } }",
    "the order of rationales": "{ statements(orderBy: [{field: ID}, {field: RATIONALE}]) { nodes { id } } }",
    "the count that a count is part of": "{ incidentAccounts { nodes { attribution count { nodes { "
    "asGiven partOfCount { asGiven } } } } } }",
    "whether a count is part of another": "{ incidentAccounts { nodes { attribution count { nodes { "
    "partOfCount { __typename } } } } } }",
    "the counts that are parts of a count": "{ incidentAccounts { nodes { attribution count { nodes { "
    "partCounts { nodes { minimum } } } } } } }",
    "how many counts are parts of a count": "{ incidentAccounts { nodes { attribution count { nodes { "
    "partCounts { totalCount nodes { countIn { nodes { attribution } } } } } } } } }",
    "a whole with an empty page of accounts": "{ incidentAccounts { nodes { attribution count { nodes { "
    "partOfCount { asGiven countIn(first: 0) { nodes { attribution } } } } } } } }",
    "cursors of a role, beside statements that might not be there": '{ actor(slug: "russia") { perpetratorIn { '
    f"edges {{ cursor }} nodes {{ {STATEMENTS} }} }} }} }}",
    "nodes of a role, beside statements that might not be there": '{ actor(slug: "russia") { perpetratorIn { '
    f"nodes {{ id {STATEMENTS} }} }} }} }}",
    "the number of a role, beside statements that might not be there": '{ actor(slug: "russia") { perpetratorIn { '
    f"totalCount nodes {{ {STATEMENTS} }} }} }} }}",
}
UNATTRIBUTED |= {
    "a speaker without the source": "{ statements { nodes { act speaker { id } } } }",
    "a source without the speaker": "{ statements { nodes { act reportedIn { nodes { id } } } } }",
    "a source by its type only": "{ statements { nodes { act speaker { id } reportedIn { nodes { __typename } } } } }",
    "a source on an empty page": "{ statements { nodes { act speaker { id } "
    "reportedIn(first: 0) { nodes { id } } } } }",
    "a source of one name only": "{ statements { nodes { act speaker { id } "
    'reportedIn(where: {id: {eq: "source:x"}}) { nodes { id } } } } }',
    "wordings below a proposition": "{ zoneCoverages { nodes { id statements { nodes { hedge explicitness } } } } }",
    "wordings below an answer": f"{{ answer {{ {ASKED} {{ headline bearing {{ statement {{ hedge }} }} }} }} }}",
    "the order of wordings": "{ statements(orderBy: [{field: HEDGE}]) { nodes { id } } }",
    "cursors that hold a wording": "{ statements(orderBy: [{field: EXPLICITNESS}]) { edges { cursor } } }",
    "the order of wordings, in a variable": "query ($o: [StatementOrder!] = [{field: HEDGE}]) { "
    "statements(orderBy: $o) { pageInfo { endCursor } } }",
    "the order of wordings, below an actor": '{ actor(slug: "russia") { '
    "statementsMade(orderBy: {field: HEDGE}) { edges { cursor node { speaker { id } } } } } }",
    "what the words of a passage cite": "{ sources { nodes { passages { nodes { cites { nodes { id } } } } } } }",
    "how many declare a zone": '{ zone(slug: "idlib") { declaredBy { totalCount } } }',
    "when a zone was declared": '{ zone(slug: "idlib") { declaredBy { nodes { slug saidWhen } } } }',
    "who declares a zone, without the source": "{ zones { nodes { declaredBy { nodes { speaker { id } } } } } }",
    "that a zone is declared, in a fragment": "{ things { nodes { ... on Zone { declaredBy { ...d } } } } } "
    "fragment d on StatementConnection { pageInfo { hasNextPage } edges { node { id } } }",
    "an answer by its type": f"{{ answer {{ {ASKED} {{ __typename }} }} }}",
    "an answer by what was searched": f"{{ answer {{ {ASKED} {{ searched {{ __typename }} }} }} }}",
    "an answer by the number of related statements": f"{{ answer {{ {ASKED} {{ bearing {{ __typename }} }} }} }}",
    "related statements by their number, with a headline": f"{{ answer {{ {ASKED} {{ headline "
    "bearing { __typename } } } }",
    "related statements without the verdict": f"{{ answer {{ {ASKED} {{ "
    "bearing { statement { attribution } } } } }",
    "an answer by its type, by name": f"{{ {BY_NAME} {{ answer {{ __typename }} }} }}",
    "that a question is answered": f"{{ {BY_NAME} {{ __typename question {{ name }} }} }}",
    "that a question is answered, by its table": f"{{ {BY_NAME} {{ table {{ rows {{ cells {{ value }} }} }} }} }}",
    "whether a label is in use": f"{{ {LABEL} {{ table {{ columns }} }} }}",
    "whether a label is in use, by the type": f"{{ {LABEL} {{ table {{ __typename }} }} }}",
    "whether a label is in use, by its question": f"{{ {LABEL} {{ question {{ name }} }} }}",
    "whether a label is in use, by its answer": f"{{ {LABEL} {{ answer {{ headline }} }} }}",
    "whether a label is in use, by a name in a variable": 'query ($q: String! = "who-calls-whom-what") { '
    'question(name: $q, parameters: [{name: "label", value: "mosque"}]) { __typename } }',
    "whether a date is meant by words": '{ question(name: "which-date-is-meant", '
    'parameters: [{name: "asGiven", value: "on Saturday"}]) { table { columns rows { __typename } } } }',
}
ATTRIBUTED = {
    "with attribution": "{ labellings { nodes { label attribution } } }",
    "with a headline": "{ labellings { nodes { label headline } } }",
    "a status with a headline": "{ labellings { nodes { status strength disputedAspects headline } } }",
    "a status with statements": "{ labellings { nodes { status statements { nodes { attribution } } } } }",
    "a verdict with a headline": f"{{ answer {{ {ASKED} {{ verdict reason headline }} }} }}",
    "a verdict by name with a headline": f"{{ {BY_NAME} {{ answer {{ verdict headline }} }} }}",
    "with statements": "{ labellings { nodes { label statements { nodes { attribution } } } } }",
    "with some statements": "{ labellings { nodes { label "
    "statements(first: 3) { edges { node { attribution } } } } } }",
    "attribution by a fragment": "{ labellings { nodes { ...f attribution } } } fragment f on Labelling { label }",
    "attribution in a fragment": "{ labellings { nodes { label ...f } } } fragment f on Proposition { attribution }",
    "with speakers by name": "{ labellings { nodes { label statements { nodes { act ...w "
    "disputedBy { edges { node { ...w } } } retractedBy { nodes { ...w } } } } } } } "
    "fragment w on Statement { speaker { ...n } reportedIn { edges { node { ...n } } } } "
    "fragment n on Thing { prefLabel }",
    "cursors in the order of IRIs": "{ labellings { edges { cursor } pageInfo { endCursor } } }",
    "cursors that hold a value, with attribution": "{ labellings(orderBy: [{field: LABEL}]) { "
    "edges { cursor node { attribution } } pageInfo { endCursor } } }",
    "with an alias of attribution": "{ labellings { nodes { label who: attribution } } }",
    "on the interface": "{ propositions { nodes { attribution ... on Labelling { label } } } }",
    "by node with attribution": '{ node(id: "proposition:sd-2017-08-07-f75") '
    "{ ... on Labelling { label attribution } } }",
    "nothing contested": "{ propositions { nodes { id statements { totalCount } } } }",
    "things": "{ zones { nodes { id prefLabel } } actors { nodes { prefLabel note } } }",
    "quotes": "{ statements { nodes { WHOSE quote { nodes { words { exact } source { id } } } } } }",
    "quotes by a fragment": "{ statements { nodes { ...f } } } "
    "fragment f on Statement { attribution quote { nodes { words { exact } } } }",
    "passages": "{ sources { nodes { passages { nodes { words { exact } quotedBy { nodes { WHOSE } } } } } } }",
    "attribution in another selection of the field": "{ labellings { nodes { label } nodes { attribution } } }",
    "attribution in a fragment of the connection": "{ labellings { nodes { label } ...a } } "
    "fragment a on LabellingConnection { nodes { attribution } }",
    "attribution that a variable includes": "query ($yes: Boolean = true) { labellings { nodes { label "
    "attribution @include(if: $yes) } } }",
    "content that a variable skips": "query ($yes: Boolean = true) { labellings { nodes { id "
    "label @skip(if: $yes) } } }",
    "how many accounts, with who says so": '{ actor(slug: "russia") { perpetratorIn { totalCount '
    "nodes { attribution } } } }",
    "an order by value, with statements": "{ labellings(orderBy: [{field: LABEL}]) { nodes { id "
    "statements { nodes { attribution } } } } }",
    "a number without an order": "{ labellings(orderBy: [{field: ID}]) { totalCount } }",
    "a later page in the order of a value": 'query ($c: String = "WyJBIiwiaHR0cDovL3giXQ") { '
    "labellings(orderBy: [{field: LABEL}], after: $c) { pageInfo { hasNextPage } nodes { attribution } } }",
    "statements behind a null": "{ labellings { nodes { label statements(first: null) { nodes { attribution } } } } }",
    "a page of a size that may be none": "query ($n: Int) { labellings { nodes { label "
    "statements(first: $n) { nodes { attribution } } } } }",
    "how many accounts, beyond the last": '{ actor(slug: "russia") { perpetratorIn(offset: 999) { totalCount '
    "nodes { attribution } } } }",
    "another page of a role, with whether there are more": 'query ($c: String = "WyJBIl0") { actor(slug: "russia") { '
    "perpetratorIn(first: 2, after: $c) { pageInfo { hasNextPage endCursor } edges { node { gist attribution } } } } }",
    "statements by a size in a variable": "query ($n: Int = 20) { labellings { nodes { label "
    "statements(first: $n) { nodes { attribution } } } } }",
    "who declares a zone, by edges": "{ zones { nodes { declaredBy(first: 10) { edges { cursor node { attribution } } "
    "pageInfo { hasNextPage endCursor } } } } }",
    "the type of a connection": '{ actor(slug: "russia") { perpetratorIn { __typename } } }',
    "an act with its speaker": "{ statements { nodes { act WHOSE denies { id } retracts { id } } } }",
    "an act with the attribution of what it is on": "{ statements { nodes { denies { headline } } } }",
    "statements with their attribution": "{ labellings { nodes { label statements { nodes { attribution } } } } }",
    "who deny it": "{ propositions { nodes { deniedBy { nodes { WHOSE } } } } }",
    "how many deny it, with a headline": "{ propositions { nodes { headline deniedBy { totalCount } } } }",
    "who dispute a statement": "{ statements { nodes { disputedBy(first: 3) { nodes { WHOSE } } } } }",
    "deciding statements with a headline": f"{{ answer {{ {ASKED} {{ headline statements {{ id }} }} }} }}",
    "related statements with their speakers": f"{{ answer {{ {ASKED} {{ headline bearing {{ how "
    "statement { attribution } } } } }",
    "a verdict with statements": f"{{ answer {{ {ASKED} {{ status statements {{ attribution }} }} }} }}",
    "a verdict with acts": f"{{ answer {{ {ASKED} {{ status statements {{ act WHOSE STANDING }} }} }} }}",
    "how many dispute a statement or take it back, with its attribution": "{ statements { nodes { attribution "
    "disputedBy { totalCount } retractedBy { totalCount } } } }",
    "who supports a statement": "{ statements { nodes { attribution supportedBy { nodes { attribution } } } } }",
    "the content of a position, with its attribution": "{ positions { nodes { attribution "
    "content { nodes { gist statements { nodes { attribution } } } } } } }",
    "acts and speakers, with who dispute and retract them": "{ labellings { nodes { label "
    "statements { nodes { act WHOSE STANDING } } } } }",
    "rows with their values": '{ question(name: "who-denies-what") { table { rows { cells { name value } } } } }',
    "statements in the order of days": "{ statements(orderBy: {field: SAID_EARLIEST}) { edges { cursor } } }",
    "the count that a count is part of, with who says so": "{ incidentAccounts { nodes { attribution count { nodes { "
    "asGiven partOfCount { asGiven countIn { nodes { attribution } } } } } } } }",
    "wordings with their speakers and sources": "{ statements { nodes { hedge explicitness WHOSE } } }",
    "an order by wording": "{ statements(orderBy: [{field: HEDGE}]) { edges { cursor node { attribution } } } }",
    "when it was said": '{ statements(where: {saidWhen: {mayBe: "2017"}}) { totalCount nodes { saidWhen } } }',
    "who declares a zone": "{ zones { nodes { declaredBy { nodes { WHOSE saidWhen hedge } } } } }",
    "another page of a role": '{ actor(slug: "russia") { perpetratorIn(offset: 1) { nodes { attribution } } } }',
}

UNATTRIBUTED, ATTRIBUTED = (
    {
        name: query.replace("STANDING", STANDING).replace("WHOSE", "speaker { id } reportedIn { nodes { id } }")
        for name, query in queries.items()
    }
    for queries in (UNATTRIBUTED, ATTRIBUTED)
)


@pytest.mark.parametrize("query", UNATTRIBUTED.values(), ids=UNATTRIBUTED)
def test_contested_content_without_attribution_is_refused(query: str, error_codes: ErrorCodes) -> None:
    assert set(error_codes(query)) == {REFUSED}


@pytest.mark.parametrize("query", ATTRIBUTED.values(), ids=ATTRIBUTED)
def test_contested_content_with_attribution_is_returned(query: str, error_codes: ErrorCodes) -> None:
    assert error_codes(query) == []


def fields_of(category: TypeCategory, service: GraphQLService) -> Iterator[tuple[str, str, str]]:
    """The types of a category, their fields, and a selection of each."""
    for type_ in service.model.types.values():
        if type_.category is category and not type_.is_interface:
            for name, field in service.schema.type_map[type_.name].fields.items():  # type: ignore[attr-defined]
                kind = str(field.type).strip("[]!")
                below = " { totalCount }" if kind.endswith("Connection") else " { __typename }"
                yield type_.name, name, name + below * is_composite_type(get_named_type(field.type))


WHOSE_IT_IS = {
    "id", "slug", "homeGraph", "attribution", "speaker", "reportedIn", "recordedBy", "saidTo", "saidWhen",
    "saidEarliest", "saidLatest", "saidSpan",
}  # fmt: skip


def test_whatever_a_statement_has_but_whose_it_is_needs_speaker_and_source(
    service: GraphQLService, error_codes: ErrorCodes
) -> None:
    fields = list(fields_of(TypeCategory.STATEMENT, service))
    refused = {name for _, name, selection in fields
               if error_codes(f"{{ statements {{ nodes {{ {selection} }} }} }}") == [REFUSED]}  # fmt: skip
    assert refused == {name for _, name, _ in fields} - WHOSE_IT_IS


def test_whatever_a_statement_can_be_ordered_by_but_when_it_was_said_needs_speaker_and_source(
    service: GraphQLService, error_codes: ErrorCodes
) -> None:
    orders = service.schema.type_map["StatementOrderField"].values  # type: ignore[attr-defined]
    refused = {
        name
        for name in orders
        if error_codes(f"{{ statements(orderBy: {{field: {name}}}) {{ edges {{ cursor }} }} }}") == [REFUSED]
    }
    assert refused == {*orders} - {"ID", "SAID_EARLIEST", "SAID_LATEST", "SAID_WHEN", "SAID_SPAN"}


def test_every_field_of_an_answer_needs_its_headline(service: GraphQLService, error_codes: ErrorCodes) -> None:
    for name, field in service.schema.type_map["Answer"].fields.items():  # type: ignore[attr-defined]
        selection = name + " { __typename }" * is_composite_type(get_named_type(field.type))
        codes = set(error_codes(f"{{ answer {{ {ASKED} {{ {selection} }} }} }}"))
        assert codes == (set() if name == "headline" else {REFUSED}), name


@pytest.mark.parametrize("value", ["mosque", "zebra"])
def test_a_question_that_does_not_select_its_answer_is_refused_whatever_its_parameters(
    value: str, catalogue: Catalogue, error_codes: ErrorCodes
) -> None:
    for question in catalogue:
        given = " ".join(f'{{name: "{parameter.name}", value: "{value}"}}' for parameter in question.parameters)
        for selection in ("__typename", "question { name }", "table { columns }", "answer { __typename }"):
            query = f'{{ question(name: "{question.name}", parameters: [{given}]) {{ {selection} }} }}'
            assert set(error_codes(query)) == {REFUSED}, (question.name, selection)


def test_the_name_of_a_question_is_judged_before_what_is_selected_of_it(error_codes: ErrorCodes) -> None:
    assert error_codes('{ question(name: "who-calls-whom-wat") { answer { headline } } }') == ["UNKNOWN"]


def test_error_says_what_else_to_select(execute: Execute) -> None:
    (error,) = execute(UNATTRIBUTED["a value"])["errors"]
    assert "attribution" in error["message"]
    assert "statements" in error["message"]
    assert error["locations"]


def test_error_is_located_at_each_of_the_merged_fields(execute: Execute) -> None:
    (error,) = execute("{ labellings { nodes { id }\n nodes { label } } }")["errors"]
    assert error["locations"] == [{"line": 1, "column": 16}, {"line": 2, "column": 2}]


@pytest.mark.parametrize("query", UNATTRIBUTED.values(), ids=UNATTRIBUTED)
def test_setting_switches_the_rule_off(
    query: str, make_service: Callable[..., Any], execute_on: Callable[..., Execute]
) -> None:
    assert "errors" not in execute_on(make_service(requires_attribution=False))(query)


def test_only_the_operation_that_is_executed_is_judged(service: GraphQLService, shipped_store: EmbeddedStore) -> None:
    query = "query A { zones { nodes { id } } } query B { labellings { nodes { label } } }"
    codes = {
        name: [error.extensions["code"] for error in result.errors if error.extensions]
        for name in ("A", "B")
        for result in [service.execute(GraphQLRequest(query=query, operation_name=name), shipped_store)]
    }
    assert codes == {"A": [], "B": [REFUSED]}


def test_parts_have_no_root_fields(service: Any) -> None:
    fields = service.schema.query_type.fields
    assert not {"countEstimate", "countEstimates", "passages", "geometries"} & fields.keys()


def test_the_same_document_is_judged_again_for_other_conditions(error_codes: ErrorCodes) -> None:
    document = "query ($on: Boolean!) { labellings { nodes { label attribution @include(if: $on) } } }"
    assert error_codes(document, on=True) == []
    assert error_codes(document, on=False) == [REFUSED]
    assert error_codes(document, on=True) == []


def test_every_operation_of_a_document_is_judged(service: GraphQLService, shipped_store: EmbeddedStore) -> None:
    document = "query a { labellings { nodes { label headline } } } query b { labellings { nodes { label } } }"
    for _ in range(2):
        for name, codes in (("a", []), ("b", [REFUSED])):
            result = service.execute(GraphQLRequest(query=document, operation_name=name), shipped_store)
            assert [(error.extensions or {})["code"] for error in result.errors] == codes


def test_the_same_document_is_judged_again_for_other_pages(error_codes: ErrorCodes) -> None:
    document = """query ($n: Int, $c: String) { actor(slug: "russia") {
        perpetratorIn(first: $n, after: $c) { totalCount nodes { attribution } } } }"""
    assert error_codes(document, n=5) == []
    assert error_codes(document, n=0) == [REFUSED]
    assert error_codes(document, n=5, c="WyJ6Il0") == []
    assert error_codes(document) == []
