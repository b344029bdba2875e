"""Compares the service with other engines on generated data. Development only: kg and api never import it."""
