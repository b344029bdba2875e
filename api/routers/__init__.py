"""One module a group of routes; routers do not import each other."""
