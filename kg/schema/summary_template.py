"""The templates ``cks:summary``: how an instance without a name is named in one line.

``{field}`` is replaced by the values of a field. A part in square brackets is left out where a field of it has none;
after ``|`` stands what replaces it. Brackets do not nest.
"""

import re
from collections.abc import Callable

_PART = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")


def list_fields(template: str) -> list[str]:
    """The names of the fields in a template, in its order."""
    return _FIELD.findall(template)


def fill_template(template: str, value_of: Callable[[str], str], if_empty: str = "") -> str:
    """The template with the values of its fields; ``value_of`` returns an empty text for a field without a value.

    ``if_empty``: what is returned, if it is not empty, where no field has one.
    """
    values: dict[str, str] = {}

    def find_value(name: str) -> str:
        if name not in values:
            values[name] = value_of(name)
        return values[name]

    def fill(text: str) -> str:
        return _FIELD.sub(lambda match: find_value(match[1]), text)

    def fill_part(text: str) -> str:
        filled = (fill(choice) for choice in text.split("|") if all(map(find_value, _FIELD.findall(choice))))
        return next(filled, "")

    pieces = _PART.split(template)  # what is in brackets stands at odd places
    filled = "".join(fill_part(piece) if place % 2 else fill(piece) for place, piece in enumerate(pieces))
    return filled if any(values.values()) else if_empty or filled
