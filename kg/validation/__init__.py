"""SHACL validation of a graph, or of what a change of it can affect.

Owns the shapes' reads, the pairs of shape and focus node that a change affects, and the engines that judge. Knows
nothing of documents, texts and HTTP.
"""
