"""Extended Date/Time Format (ISO 8601-2:2019, Annex A; Library of Congress, 2019), levels 0 to 2.

Owns the grammar, the days that a value may mean, and what common mistakes probably mean. Knows nothing of RDF.
"""
