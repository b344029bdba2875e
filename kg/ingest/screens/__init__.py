"""Screens of the integrity rules: where in a whole graph each rule could find something.

``kg.ingest.screening`` lists them.

A screen never misses: what it returns contains every resource without whose quads a finding of its rule would not be
made. It may return more, because the rule itself then judges. It costs at most a few passes over the graph in the
engine, and not the look-ups of the rule for each resource.
"""
