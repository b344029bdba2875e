"""Search: which resources have which words in their names, addresses, ids and quotes, and who says those words."""
