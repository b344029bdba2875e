"""What HTTP adds to the core: requests parsed, responses built, headers, log lines; no routes."""
