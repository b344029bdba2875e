"""Execution of SPARQL queries within limits of time, memory and result size, in processes that can be killed.

Knows SPARQL and the store, but no ontology, document or HTTP. Start at ``interface`` (the contracts), then ``pool``.
"""
