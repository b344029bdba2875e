"""The columns and parameters of questions in a reader's words.

A name that is not listed here is its own words: ``saidTo`` is "said to". A new question needs no row.
"""

import re
from collections.abc import Collection, Mapping

from kg.status.wording import split_words

_QUOTED = re.compile(r'"([a-z][A-Za-z]*)"')
_HEADINGS: Mapping[str, str] = {
    "about": "of whom or what",
    "act": "what the speaker does",
    "actor": "who",
    "addressee": "to whom",
    "among": "among whom",
    "asGiven": "time, as worded",
    "as": "speaking for",
    "aspect": "as to what",
    "assumption": "on what assumption",
    "best": "best estimate",
    "cited": "cited document",
    "claim": "the claim",
    "claimedBy": "who claims it",
    "conditionGist": "the condition, in short",
    "content": "what is said",
    "controlKind": "kind of control",
    "counted": "what is counted",
    "date": "date that is meant",
    "datedBy": "who dates it",
    "dates": "what is dated",
    "declarer": "who declared it",
    "disputedIn": "disputed in the words",
    "disputer": "who disputes it",
    "during": "when it may have been",
    "earliest": "not before",
    "excludes": "excludes the name",
    "explicitness": "how openly it is said",
    "gist": "in short",
    "given": "how it is given",
    "ground": "its ground",
    "groundSaidBy": "who gives the ground",
    "hedge": "how certain the wording is",
    "inTensionWith": "in tension with",
    "inWords": "taken back in the words",
    "insteadWords": "instead, in the words",
    "isInferred": "inferred by the recorder",
    "isTakenBack": "taken back",
    "issued": "published on",
    "labelled": "what is called so",
    "labelledBy": "who calls it so",
    "labelling": "the calling",
    "latest": "not after",
    "madeBy": "made by",
    "maximum": "at most",
    "medium": "video, photograph or model",
    "minimum": "at least",
    "namedAs": "named as",
    "number": "number, as worded",
    "object": "what was hit",
    "of": "of whom",
    "on": "on the day",
    "original": "first published as",
    "originalIssued": "first published on",
    "other": "the other",
    "one": "the one",
    "partOf": "part of the number",
    "perpetrator": "who did it",
    "placedBy": "who places it there",
    "readWith": "read together with",
    "readWithHedge": "how that part is worded",
    "relayedBy": "passed on by",
    "reporter": "who reports it",
    "restates": "tells again",
    "role": "what the speaker speaks of it as",
    "saidSoBy": "who says that it is so",
    "saidTo": "said to",
    "saidWhen": "when it was said",
    "shows": "what it is said to show",
    "shownType": "type of what is shown",
    "source": "source",
    "speaker": "who says so",
    "standing": "who they are said to be",
    "statement": "statement",
    "supports": "evidence for",
    "target": "to whom or what",
    "togetherWith": "counted together with",
    "type": "what happened",
    "usedBy": "who uses it",
    "usedIn": "the use",
    "usedSource": "source of the use",
    "whereabouts": "place, as named",
    "wkt": "coordinates (longitude first)",
    "words": "in the words",
    "zoneName": "name of the zone",
}


def heading_of(name: str) -> str:
    """The words for a column or parameter, in small letters."""
    return _HEADINGS.get(name) or split_words(name)


def with_headings(text: str, columns: Collection[str]) -> str:
    """A text in which these columns, where they are quoted, have their headings instead of their names."""
    return _QUOTED.sub(lambda match: f"“{heading_of(match[1])}”" if match[1] in columns else match[0], text)
