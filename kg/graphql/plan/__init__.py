"""Loads what an operation selects: one batched SPARQL query a layer."""
