"""Content negotiation: ``Accept`` (RFC 9110, section 12.5.1), overridden by ``format=``.

Parsing ``Accept`` never fails: a malformed media range is ignored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kg.rdf_formats import JSON_LD, RESULTS_JSON, TURTLE

_DATA_TYPES = (RESULTS_JSON.media_type, TURTLE.media_type, JSON_LD.media_type, *JSON_LD.aliases)
_RANGES_MAX = 200
"""Browsers send ten; further ranges are ignored."""


class Negotiable(Protocol):
    """What can be negotiated: a ``Format``, or a row of ``kg.rdf_formats``."""

    @property
    def media_type(self) -> str:
        """The registered media type."""

    @property
    def names(self) -> tuple[str, ...]:
        """The short names that ``format=`` accepts."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Less specific types under which it is sent to clients that name them."""


N = TypeVar("N", bound=Negotiable)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is not RDF and no SPARQL result, such as HTML."""

    media_type: str
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class NotAcceptableError(Exception):
    """No available format is acceptable; ``available`` lists their media types."""

    def __init__(self, available: Sequence[str]) -> None:
        self.available = tuple(available)
        super().__init__(f"available: {', '.join(self.available)}")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One media range of an ``Accept`` header."""

    media_type: str
    quality: float

    def matches(self, media_type: str) -> int:
        """The specificity of the match: 3 the type itself, 2 its main type, 1 any type, 0 no match."""
        if self.media_type == media_type:
            return 3
        if self.media_type == media_type.partition("/")[0] + "/*":
            return 2
        return int(self.media_type == "*/*")


def parse_accept(accept: str) -> tuple[MediaRange, ...]:
    """The well-formed media ranges; without any, every type is acceptable."""
    parsed = (_parse_range(part) for part in accept.split(",", _RANGES_MAX)[:_RANGES_MAX])
    return tuple(media_range for media_range in parsed if media_range is not None) or (MediaRange("*/*", 1.0),)


def _parse_range(part: str) -> MediaRange | None:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    main, slash, sub = media_type.partition("/")
    if not (main and slash and sub) or (main == "*" and sub != "*"):
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = _parse_quality(value.strip())
    return MediaRange(media_type, quality)


def _parse_quality(text: str) -> float:
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return 0.0
    return min(1.0, float(text))


def quality_of(media_type: str, accepted: Sequence[MediaRange]) -> float:
    """The quality of that type: that of the most specific range that matches."""
    best = max(accepted, key=lambda media_range: media_range.matches(media_type), default=None)
    return best.quality if best is not None and best.matches(media_type) else 0.0


def select_media_type(formats: Sequence[Negotiable], accept: str, override: str | None = None) -> str:
    """The media type to send; among equals that of the first format. Raises NotAcceptableError."""
    if override:
        return _select_by_name(formats, override)
    accepted = parse_accept(accept)
    offers = [(format_.media_type, rank) for rank, format_ in enumerate(formats)]
    # An alias is sent only where it was named: a wildcard means the registered type itself.
    offers += [
        (alias, rank)
        for rank, format_ in enumerate(formats)
        for alias in format_.aliases
        if any(media_range.media_type == alias for media_range in accepted)
    ]
    best = max(offers, key=lambda offer: (quality_of(offer[0], accepted), -offer[1]))
    if quality_of(best[0], accepted) <= 0:
        raise NotAcceptableError([format_.media_type for format_ in formats])
    return best[0]


def _select_by_name(formats: Sequence[Negotiable], override: str) -> str:
    for part in override.split(","):
        wanted = part.strip().lower().replace(" ", "+")
        for format_ in formats:
            if wanted == format_.media_type or wanted in format_.names:
                return format_.media_type
    raise NotAcceptableError([format_.media_type for format_ in formats])


def find_format(formats: Sequence[N], media_type: str) -> N:
    """The format that is sent under this media type or alias."""
    for format_ in formats:
        if format_.media_type == media_type:
            return format_
    return next(format_ for format_ in formats if media_type in format_.aliases)


def prefers(media_type: str, accept: str, *, over: Sequence[str]) -> bool:
    """Whether the client names this type or its main type, and prefers it to each of the others."""
    accepted = parse_accept(accept)
    if not any(media_range.matches(media_type) > 1 for media_range in accepted):
        return False
    return all(quality_of(media_type, accepted) > quality_of(other, accepted) for other in over)


def prefers_html(accept: str) -> bool:
    """Whether the client prefers HTML to data, as browsers do."""
    return prefers("text/html", accept, over=_DATA_TYPES)


def selects_html(accept: str, override: str | None) -> bool:
    """Whether the response is a page: ``format=html``, or no ``format`` and a client that prefers HTML."""
    return override == "html" or (not override and prefers_html(accept))
