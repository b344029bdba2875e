"""What decides who may write, put together from the settings."""

import secrets
from dataclasses import dataclass

from kg.access.authenticator import Authenticator
from kg.access.rate_limit import RateLimiter
from kg.access.token_file import TokenFile
from kg.settings import Settings

_BURST_S = 10
"""For how long a token may save up the writes that it has not made."""


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Who the bearers of tokens are, and how often they may write."""

    authenticator: Authenticator
    write_limit: RateLimiter
    """Of the writes of one token."""

    @classmethod
    def open(cls, settings: Settings) -> "AccessControl":
        """With these settings, and with a new token for the command line."""
        authenticator = Authenticator(
            TokenFile(settings.data_dir),
            RateLimiter(settings.token_failures / 60, settings.token_failures),
            owner_token=secrets.token_urlsafe(32),
            operator_token=settings.write_token,
        )
        return cls(authenticator, RateLimiter(settings.write_rate, settings.write_rate * _BURST_S))
