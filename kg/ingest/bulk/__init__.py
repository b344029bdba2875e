"""Bulk loads: files too large for memory as objects, read as streams into an engine in memory, and judged there.

``planner`` says in which order. What is in memory is the graph as it would be, once, in the form of the engine.
"""
