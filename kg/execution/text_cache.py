"""What was found out of a text is kept for when it comes again: clients ask the same query with each page they show.

Only what the text alone settles; answers are never kept. A bounded number of texts of bounded length.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Found = TypeVar("Found")

TEXTS = 256
CHARACTERS = 4000


def remembering(study: Callable[[str], Found]) -> Callable[[str], Found]:
    """The same function, that studies a short text once; what it raises is raised each time."""
    remember = lru_cache(TEXTS)(study)
    return lambda text: remember(text) if len(text) <= CHARACTERS else study(text)
