"""What was found out of a text is kept for when it comes again: clients ask the same query with each page they show.

Only what the text alone settles; answers are never kept. A bounded number of texts of bounded length.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Found = TypeVar("Found")

CACHE_SIZE = 256
MAX_CACHED_LENGTH = 4000


def cache_by_text(study: Callable[[str], Found]) -> Callable[[str], Found]:
    """The same function, that studies a short text once; what it raises is raised each time."""
    remember = lru_cache(CACHE_SIZE)(study)
    return lambda text: remember(text) if len(text) <= MAX_CACHED_LENGTH else study(text)
