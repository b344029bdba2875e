"""How documents become quads of the store: read, expand, skolemize, derive, check, validate, then change the store.

Owns documents, dossiers, dates, quotes, integrity rules and SHACL validation. Knows nothing of HTTP or the terminal.
"""
