"""The integrity rules, by what they are about; ``kg.ingest.integrity`` lists them.

A rule returns findings; it changes nothing and raises nothing. It judges what the change can affect and nothing else:
where a rule reads more than one quad, it judges again whenever one of them is added, removed or moved.
"""
