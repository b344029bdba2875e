"""The journal: every commit, before the store has it, in a chain of digests.

Owns how commits are written, synced, read again and verified. Knows quads as lines of N-Quads only, and no store.
"""
