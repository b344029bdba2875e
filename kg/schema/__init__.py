"""Ontology and shapes as classes, fields, node shapes and schemes: the one description of structure.

The only package that reads shape quads. Knows no data, no store and no output format.
"""
