"""SELECT over the catalog: bound with PostgreSQL's types, run by an evaluator of our own."""
