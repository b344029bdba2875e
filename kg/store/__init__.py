"""The graph at rest: quads in an embedded or remote engine, changed atomically; ``interface`` has the contracts."""
