"""GraphQL over the graph: a schema generated from ontology and shapes, and operations compiled into SPARQL by level.

Owns types, attribution, limits and the reading of selections. Knows nothing of HTTP.
"""
