"""Checks of repository files, run by pre-commit and `make check`. Development only: kg and api never import it."""
