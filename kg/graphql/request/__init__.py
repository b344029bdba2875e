"""From the text of a request to a validated operation with its merged selections."""
