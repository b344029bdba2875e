# The source kind register is called gazetteer now: "register" was also the name of reference graphs.
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX source-kind: <https://w3id.org/conflict-kg/vocab/source-kind/>

DELETE { GRAPH ?graph { ?source ck:sourceKind source-kind:register } }
INSERT { GRAPH ?graph { ?source ck:sourceKind source-kind:gazetteer } }
WHERE { GRAPH ?graph { ?source ck:sourceKind source-kind:register } }
