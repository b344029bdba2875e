"""Attacks on a running server beside well-behaved clients, and a soak: ``make attacks``, ``make soak``."""
