"""SPARQL Update and Graph Store writes, in ``--plain`` mode only."""
