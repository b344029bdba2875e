"""Reconciliation: which resource does a name in somebody's table mean, and what is that resource said to be?

The model of the Reconciliation Service API 0.2 (https://reconciliation-api.github.io/specs/0.2/); knows no HTTP.
"""
