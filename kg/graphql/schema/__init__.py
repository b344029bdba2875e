"""The GraphQL schema: types generated from ontology and shapes, and hand-written ones beside them."""
