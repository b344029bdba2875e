# Geometries of places that a dossier or data set describes move into a reference graph of their own, beside it: without a
# speaker they belong to no dossier. Where somebody states the coordinates, write a ck:PlaceLocation instead.
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>

DELETE { GRAPH ?graph { ?geometry ?property ?value } }
INSERT {
  GRAPH ?reference {
    ?reference a ck:Reference ;
      dcterms:title ?title ;
      dcterms:license ?license ;
      ck:recordedBy ?recorder ;
      owl:versionInfo ?version .
    ?geometry ?property ?value .
  }
}
WHERE {
  VALUES ?kind { ck:Dossier ck:Dataset }
  GRAPH ?graph {
    ?graph a ?kind ; dcterms:title ?itsTitle ; dcterms:license ?license ; ck:recordedBy ?recorder ; owl:versionInfo ?version .
    ?geometry ck:geometryOf ?place ; ?property ?value .
  }
  BIND (IRI(CONCAT(STR(?graph), "-geometries")) AS ?reference)
  BIND (STRLANG(CONCAT("Geometries of: ", STR(?itsTitle)), LANG(?itsTitle)) AS ?title)
}
