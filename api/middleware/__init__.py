"""ASGI middleware around the whole app; none imports a router."""
