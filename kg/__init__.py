"""conflict-kg without HTTP: store, schema, ingest, query execution, questions, GraphQL, views and the command line."""
