"""Which text is shown where there are several, each in its language."""

from collections.abc import Iterable

from kg.graphql.ledger import Term

_ENGLISH = "en"


def chosen(terms: Iterable[Term], languages: Iterable[str]) -> str | None:
    """The text in the first of the languages there is; else in English, without language, or in any, by alphabet."""
    literals = sorted((each for each in terms if each["type"] == "literal"), key=tagged)
    for language in (*languages, _ENGLISH, ""):
        for each in literals:
            if _speaks(each.get("xml:lang", ""), language):
                return each["value"]
    return literals[0]["value"] if literals else None


def _speaks(tag: str, wanted: str) -> bool:
    """Whether a language tag is the wanted one or narrower (RFC 4647, section 3.3.1)."""
    return tag.lower() == wanted.lower() or (bool(wanted) and tag.lower().startswith(f"{wanted.lower()}-"))


def tagged(term: Term) -> tuple[str, str]:
    """By which texts are put in order: language, then words."""
    return term.get("xml:lang", ""), term["value"]
