"""Which text is shown where there are several, each in its language."""

from collections.abc import Iterable

from kg.graphql.rows import Literal, Term

_ENGLISH = "en"


def chosen(terms: Iterable[Term], languages: Iterable[str]) -> str | None:
    """The text in the first of the languages there is; else in English, without language, or in any, by alphabet."""
    literals = texts(terms)
    for language in (*languages, _ENGLISH, ""):
        for each in literals:
            if _speaks(each.lang, language):
                return each.text
    return literals[0].text if literals else None


def texts(terms: Iterable[Term]) -> list[Literal]:
    """The literals among the terms, by language, then by words."""
    return sorted((each for each in terms if isinstance(each, Literal)), key=lambda each: (each.lang, each.text))


def _speaks(tag: str, wanted: str) -> bool:
    """Whether a language tag is the wanted one or narrower (RFC 4647, section 3.3.1)."""
    return tag.lower() == wanted.lower() or (bool(wanted) and tag.lower().startswith(f"{wanted.lower()}-"))
