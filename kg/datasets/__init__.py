"""Data sets: folders that say how rows of a table become statements, and the reading and mapping of rows.

``source_format`` says how a file is read, ``table`` and ``json_rows`` read it, ``row_graph`` has rows as RDF,
``mapping`` runs the query of the data set over them. Knows no store: what comes out is loaded as any document.
"""
