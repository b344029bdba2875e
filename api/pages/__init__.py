"""HTML pages: templates, the code that fills them in, and their assets. No page contacts another host."""
