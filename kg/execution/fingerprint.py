"""Fingerprints of queries: the same for queries that differ only in names and values.

The scheduler learns by fingerprint how long queries take. One pass in time linear in the length of any text, because
it runs in the web process for every query.
"""

import re

# A word is scanned from its first character only, and no quantifier gives back what it took: no text is read twice.
_VARYING = re.compile(
    r"""\s++|\#[^\n]*+|<[^<>\s]*+>|"[^"\n]*+"|'[^'\n]*+'|[?$]\w++|(?<![\w\-])[\w\-]*+:(?=[\w.\-]*\d)[\w.\-]*+|\b\d[\d.]*+""",
    re.VERBOSE,
)


def fingerprint(text: str) -> int:
    """The same for queries that differ only in names and values."""
    return hash(_VARYING.sub("", text))
