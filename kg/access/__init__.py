"""Who may write: access tokens, their scopes and expiry, and how often they may be used. Knows no HTTP."""
