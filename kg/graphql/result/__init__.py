"""Completes values from what the plan loaded, and redacts what would be unattributed."""
