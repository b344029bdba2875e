"""The catalogue of questions: one ``.rq`` file each, with its parameters and its answer.

Each file opens with ``#+`` lines of YAML that declare the question, and runs in any SPARQL 1.1 tool as it stands, each
parameter then meaning "any". Independent of HTTP, terminals and engines: callers pass a ``Queryable``.
"""
