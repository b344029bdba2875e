"""Dossiers: JSON-LD 1.1 in YAML under the shipped context (``kg.jsonld_context``), read into quads.

Three things may be omitted, and are filled in: the type of a node whose field demands one class, the id of a node
inside another, and the source of a passage under its source.
"""
