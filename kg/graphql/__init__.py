"""GraphQL over the graph: a schema generated from the shapes, requests validated, planned in layers, and completed.

Knows nothing of HTTP.
"""
