"""Writes of governed mode: evaluated to an exact change, judged by rules and shapes, and reported."""
