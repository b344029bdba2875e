"""The whole site as static files, which any web host can serve."""
