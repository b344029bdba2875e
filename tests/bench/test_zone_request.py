import json

from bench import zone_request

Term = dict[str, str]


def _node(iri: str, **more: object) -> dict[str, object]:
    return {"id": iri, **more}


def _page(*nodes: object) -> dict[str, object]:
    return {"nodes": list(nodes)}


def _statement(iri: str, *disputes: object, **more: object) -> dict[str, object]:
    return _node(
        iri,
        act="LEAVES_OPEN",
        hedge="CLAIMS_OF",
        explicitness=None,
        speaker=_node("urn:speaker", prefLabel="A speaker"),
        reportedIn=_page(_node("urn:source", prefLabel="A source")),
        quote=_page(_node("urn:passage", words={"exact": "words"})),
        disputedBy=_page(*disputes),
        **more,
    )


_STATEMENT_ROW = ("CLAIMS_OF", "", "urn:speaker", "A speaker", "urn:source", "A source", "urn:passage", "words")


_PLACE = ("urn:covers", "SOME", "urn:place", "A place")


def _zone() -> dict[str, object]:
    dispute = _statement("urn:dispute", disputedAspect=["LABEL", "EXTENT"])
    place = _node("urn:place", prefLabel="A place")
    covers = _node("urn:covers", extent="SOME", place=_page(place), statements=_page(_statement("urn:s1")))
    bounds = _node("urn:bounds", statements=_page(_statement("urn:s2")))
    calls = _node("urn:calls", label="a label", statements=_page(_statement("urn:s3", dispute)))
    return _node(
        "urn:zone",
        prefLabel="A zone",
        declaredBy=_page(_statement("urn:declaration")),
        coverage=_page(covers, bounds),
        labellings=_page(calls),
    )


def test_graphql_response_is_parsed_to_the_rows_of_the_queries() -> None:
    rows = zone_request.parse_graphql({"zones": _page(_zone())})
    assert rows["declarations"] == [("urn:zone", "A zone", "urn:declaration", *_STATEMENT_ROW)]
    assert rows["coverage"] == [
        ("urn:zone", "urn:bounds", "", "", "", "urn:s2", "LEAVES_OPEN", *_STATEMENT_ROW),
        ("urn:zone", "urn:covers", "SOME", "urn:place", "A place", "urn:s1", "LEAVES_OPEN", *_STATEMENT_ROW),
    ]
    assert rows["labellings"] == [("urn:zone", "urn:calls", "a label", "urn:s3", "LEAVES_OPEN", *_STATEMENT_ROW)]
    assert rows["disputes"] == [("urn:s3", aspect, "urn:dispute", *_STATEMENT_ROW) for aspect in ("EXTENT", "LABEL")]


def test_disputes_query_is_about_the_statements_of_the_other_rows() -> None:
    rows = zone_request.parse_graphql({"zones": _page(_zone())})
    query = zone_request.build_disputes_query(rows)
    assert all(f"<urn:{name}>" in query for name in ("s1", "s2", "s3"))
    assert "<urn:dispute>" not in query


def test_zones_whose_disputes_are_about_nothing_else_come_first() -> None:
    about = {"coverage": [("urn:a", *_PLACE, "urn:1"), ("urn:b", *_PLACE, "urn:2")], "labellings": []}
    disputes = [("urn:1", "EXTENT", "urn:2"), ("urn:2", "EXTENT", "urn:3")]
    assert zone_request.find_disputed({**about, "disputes": disputes}) == ["urn:b", "urn:a"]


def test_sparql_result_is_parsed_to_the_same_terms() -> None:
    hedge = {"type": "uri", "value": "https://w3id.org/conflict-kg/vocab/hedge/claims-of"}
    act = {"type": "uri", "value": "https://w3id.org/conflict-kg/ontology#leavesOpen"}
    row: dict[str, Term] = {"act": act, "hedge": hedge, "exact": {"type": "literal", "value": "a/vocab/b-c"}}
    body = json.dumps({"head": {"vars": ["act", "hedge", "explicitness", "exact"]}, "results": {"bindings": [row]}})
    assert zone_request.parse_sparql(body.encode()) == [("LEAVES_OPEN", "CLAIMS_OF", "", "a/vocab/b-c")]


def test_nodes_are_counted_without_pages() -> None:
    assert (
        zone_request.count_nodes(_page(_node("urn:a", of=_page(_node("urn:b"), _node("urn:c")), by=_node("urn:d"))))
        == 4
    )


def test_every_text_contains_the_zones() -> None:
    texts = [
        zone_request.build_document(["urn:zone-1"], with_status=True).decode(),
        *zone_request.build_queries(["urn:zone-1"]).values(),
    ]
    assert len(texts) == 4
    assert all("urn:zone-1" in text and "$zones" not in text for text in texts)
