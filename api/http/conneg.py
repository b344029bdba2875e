"""Which of the formats that exist a client gets: ``Accept`` (RFC 9110, section 12.5.1), overridden by ``format=``.

Reading ``Accept`` never fails: what cannot be read is left out, as if it had not been sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_RANGES_MOST = 200
"""Browsers send ten; those that follow are left out."""


@dataclass(frozen=True, slots=True)
class Format:
    """A registered media type, the short names ``format=`` may use, and plainer types under which it may be sent."""

    media_type: str
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class NotAcceptable(Exception):
    """Nothing that exists was asked for; ``available`` lists the media types that do."""

    def __init__(self, available: Sequence[str]) -> None:
        self.available = tuple(available)
        super().__init__(f"available: {', '.join(self.available)}")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One media range of an ``Accept`` header."""

    media_type: str
    quality: float

    def matches(self, media_type: str) -> int:
        """How closely: 3 the type itself, 2 its main type, 1 anything, 0 not at all."""
        if self.media_type == media_type:
            return 3
        if self.media_type == media_type.partition("/")[0] + "/*":
            return 2
        return int(self.media_type == "*/*")


def parse_accept(accept: str) -> tuple[MediaRange, ...]:
    """The media ranges that can be read; without any, everything is acceptable."""
    read = (_range(part) for part in accept.split(",", _RANGES_MOST)[:_RANGES_MOST])
    return tuple(found for found in read if found is not None) or (MediaRange("*/*", 1.0),)


def _range(part: str) -> MediaRange | None:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    main, slash, sub = media_type.partition("/")
    if not (main and slash and sub) or (main == "*" and sub != "*"):
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = _quality(value.strip())
    return MediaRange(media_type, quality)


def _quality(text: str) -> float:
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return 0.0
    return min(1.0, float(text))


def quality_of(media_type: str, accepted: Sequence[MediaRange]) -> float:
    """How much the client wants that type: the most specific range that matches decides."""
    best = max(accepted, key=lambda each: each.matches(media_type), default=None)
    return best.quality if best is not None and best.matches(media_type) else 0.0


def select_media_type(formats: Sequence[Format], accept: str, override: str | None = None) -> str:
    """The media type to send; among equals the format that stands first. Raises NotAcceptable."""
    if override:
        return _named(formats, override)
    accepted = parse_accept(accept)
    offers = [(each.media_type, place) for place, each in enumerate(formats)]
    # An alias is sent only where it was named: a wildcard means the registered type itself.
    offers += [
        (alias, place)
        for place, each in enumerate(formats)
        for alias in each.aliases
        if any(found.media_type == alias for found in accepted)
    ]
    best = max(offers, key=lambda offer: (quality_of(offer[0], accepted), -offer[1]))
    if quality_of(best[0], accepted) <= 0:
        raise NotAcceptable([each.media_type for each in formats])
    return best[0]


def _named(formats: Sequence[Format], override: str) -> str:
    for part in override.split(","):
        wanted = part.strip().lower().replace(" ", "+")
        for each in formats:
            if wanted == each.media_type or wanted in each.names:
                return each.media_type
    raise NotAcceptable([each.media_type for each in formats])


def find_format(formats: Sequence[Format], media_type: str) -> Format:
    """The format that is sent under this type or alias."""
    for each in formats:
        if each.media_type == media_type:
            return each
    return next(each for each in formats if media_type in each.aliases)


def prefers(media_type: str, accept: str, *, over: Sequence[str]) -> bool:
    """Whether the client names this type, or its main type, and wants it more than every one of the others."""
    accepted = parse_accept(accept)
    if not any(each.matches(media_type) > 1 for each in accepted):
        return False
    return all(quality_of(media_type, accepted) > quality_of(other, accepted) for other in over)


def prefers_html(accept: str) -> bool:
    """Whether this looks like a browser rather than a program."""
    data = ("application/sparql-results+json", "text/turtle", "application/ld+json", "application/json")
    return prefers("text/html", accept, over=data)
