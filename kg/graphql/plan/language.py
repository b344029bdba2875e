"""Which text is shown where there are several, each in its language."""

from collections.abc import Iterable

from kg.graphql.plan.tsv import Literal, Term

_ENGLISH = "en"


def select_text(terms: Iterable[Term], languages: Iterable[str]) -> str | None:
    """The text in the first of the languages there is; else in English, without language, or in any, by alphabet."""
    literals = sort_texts(terms)
    if len(literals) < 2:
        return literals[0].text if literals else None
    for language in (*languages, _ENGLISH, ""):
        for each in literals:
            if _speaks(each.lang, language):
                return each.text
    return literals[0].text


def sort_texts(terms: Iterable[Term]) -> list[Literal]:
    """The literals among the terms, by language, then by words."""
    found = [each for each in terms if isinstance(each, Literal)]
    return sorted(found, key=lambda each: (each.lang, each.text)) if len(found) > 1 else found


def _speaks(tag: str, wanted: str) -> bool:
    """Whether a language tag is the wanted one or narrower (RFC 4647, section 3.3.1)."""
    return tag.lower() == wanted.lower() or (bool(wanted) and tag.lower().startswith(f"{wanted.lower()}-"))
