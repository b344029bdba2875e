"""Warnings about queries whose result is empty for a reason that the result does not show."""
